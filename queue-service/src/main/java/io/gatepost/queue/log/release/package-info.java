/// How messages that were put aside come to the log, each once. Entry type [ReleaseLog].
@NullMarked
package io.gatepost.queue.log.release;

import org.jspecify.annotations.NullMarked;

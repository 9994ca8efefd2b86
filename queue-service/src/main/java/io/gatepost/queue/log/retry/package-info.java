/// Retry topics, whose heads come due: entry type [LogReader].
@NullMarked
package io.gatepost.queue.log.retry;

import org.jspecify.annotations.NullMarked;

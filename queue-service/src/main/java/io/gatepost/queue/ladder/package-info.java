/// How long a deferred message waits: entry type [RetryLadder]. Pure.
@NullMarked
package io.gatepost.queue.ladder;

import org.jspecify.annotations.NullMarked;

/// Work on timers around the log: topics, truncation, audit, sweep. Entry type [LogMaintenance].
@NullMarked
package io.gatepost.queue.log.maintain;

import org.jspecify.annotations.NullMarked;

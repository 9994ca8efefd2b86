/// The log of envelopes as it is written: entry type [LogAppender]. Its clients and positions serve
/// all that work on the log.
@NullMarked
package io.gatepost.queue.log.append;

import org.jspecify.annotations.NullMarked;

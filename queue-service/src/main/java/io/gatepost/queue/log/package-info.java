/// The log on Kafka: appending, the readers of the retry topics, truncation. Entry types
/// [LogAppender], [ConclusionWriter], [LogReader], [LogTruncation].
@NullMarked
package io.gatepost.queue.log;

import org.jspecify.annotations.NullMarked;

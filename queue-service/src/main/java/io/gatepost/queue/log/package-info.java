/// The log on Kafka: its parts ([io.gatepost.queue.log.append], `retry`, `conclude`, `maintain`)
/// put together, and the operator's changes to it. Entry type [LogConfiguration].
@NullMarked
package io.gatepost.queue.log;

import org.jspecify.annotations.NullMarked;

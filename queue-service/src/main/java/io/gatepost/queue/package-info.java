/// The log of envelopes and the content store. Entry type [QueueConfiguration].
@NullMarked
package io.gatepost.queue;

import org.jspecify.annotations.NullMarked;

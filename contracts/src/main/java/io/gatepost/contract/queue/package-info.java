/// The Queue port: the log of envelopes and the content store. Entry type [Queue].
@NullMarked
package io.gatepost.contract.queue;

import org.jspecify.annotations.NullMarked;

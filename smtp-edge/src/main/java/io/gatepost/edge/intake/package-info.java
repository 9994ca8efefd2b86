/// From the first octet of a message to the reply to its last: entry types [ContentReceiver] and
/// [Acceptance]; what is delivered before that reply: [EarlyHandover]. Knows no socket.
@NullMarked
package io.gatepost.edge.intake;

import org.jspecify.annotations.NullMarked;

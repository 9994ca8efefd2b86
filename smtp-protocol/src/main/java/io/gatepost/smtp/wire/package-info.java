/// Octets on the wire: lines, the end of data, dot-stuffing. Knows no session and no socket.
@NullMarked
package io.gatepost.smtp.wire;

import org.jspecify.annotations.NullMarked;

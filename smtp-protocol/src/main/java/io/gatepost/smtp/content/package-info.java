/// Content on its way from where it is kept to somebody: streams of octets in, streams of octets
/// out, nothing whole in memory. Entry type [HeaderEditing]. Knows no session and no socket.
@NullMarked
package io.gatepost.smtp.content;

import org.jspecify.annotations.NullMarked;

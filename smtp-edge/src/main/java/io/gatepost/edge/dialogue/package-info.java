/// The SMTP conversation of one client: commands in, replies out, in order. Entry type
/// [SmtpDialogue]; what it needs of the connection below is [Conversation]. Knows no Netty and no
/// socket.
@NullMarked
package io.gatepost.edge.dialogue;

import org.jspecify.annotations.NullMarked;

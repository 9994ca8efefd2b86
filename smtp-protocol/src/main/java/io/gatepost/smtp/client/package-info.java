/// The client's side of an SMTP conversation, without a socket: replies in, actions out. Entry type
/// [ClientDialog].
@NullMarked
package io.gatepost.smtp.client;

import org.jspecify.annotations.NullMarked;

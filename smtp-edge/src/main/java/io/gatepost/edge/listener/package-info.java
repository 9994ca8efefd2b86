/// The sockets: the only place of this service that knows Reactor Netty. Entry type [SmtpListener].
@NullMarked
package io.gatepost.edge.listener;

import org.jspecify.annotations.NullMarked;

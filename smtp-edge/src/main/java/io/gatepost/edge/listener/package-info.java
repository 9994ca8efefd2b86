/// The sockets: connections, TLS, the PROXY protocol, read and write sides, time-outs. The only
/// package of this service that knows Reactor Netty. Entry type [SmtpListener]; what is said on a
/// connection is the `dialogue` package's.
@NullMarked
package io.gatepost.edge.listener;

import org.jspecify.annotations.NullMarked;

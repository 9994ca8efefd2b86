/// Connections to scanners over TCP and UNIX sockets, and over HTTP. Entry types [ScannerSocket],
/// [Conversation] for scanners that answer once a connection, and [ScannerHttp].
@NullMarked
package io.gatepost.scanner.socket;

import org.jspecify.annotations.NullMarked;

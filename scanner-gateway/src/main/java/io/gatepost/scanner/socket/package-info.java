/// Connections to scanners over TCP and UNIX sockets, and over HTTP. Entry types [ScannerSocket]
/// and [ScannerHttp].
@NullMarked
package io.gatepost.scanner.socket;

import org.jspecify.annotations.NullMarked;

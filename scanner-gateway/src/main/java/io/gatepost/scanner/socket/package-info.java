/// Connections to scanners over TCP and UNIX sockets. Entry type [ScannerSocket].
@NullMarked
package io.gatepost.scanner.socket;

import org.jspecify.annotations.NullMarked;

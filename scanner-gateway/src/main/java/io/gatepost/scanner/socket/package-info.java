/// Connections to scanners over TCP and UNIX sockets, and over HTTP. Entry types [ScannerSocket],
/// [Conversation] for questions with one answer each, [SessionPool] for sessions that wait, and
/// [ScannerHttp].
@NullMarked
package io.gatepost.scanner.socket;

import org.jspecify.annotations.NullMarked;

/// The MTA's side of the milter protocol, version 6. Entry type [MilterScanner]. Packets, commands,
/// answers and the judgement are values; only [FilterSession] and [Inbox] know of connections.
@NullMarked
package io.gatepost.scanner.milter;

import org.jspecify.annotations.NullMarked;

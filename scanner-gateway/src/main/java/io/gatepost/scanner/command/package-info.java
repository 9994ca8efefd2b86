/// Scanners that are programs of the operator's, one run for each message. Entry type
/// [CommandScanner]. How programs are confined is the business of `io.gatepost.program`.
@NullMarked
package io.gatepost.scanner.command;

import org.jspecify.annotations.NullMarked;

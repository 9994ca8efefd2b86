/// The adapter of scanners that speak Gatepost's own protocol over HTTP,
/// `docs/scanner-protocol.md`. Entry type [WebScanner].
@NullMarked
package io.gatepost.scanner.web;

import org.jspecify.annotations.NullMarked;

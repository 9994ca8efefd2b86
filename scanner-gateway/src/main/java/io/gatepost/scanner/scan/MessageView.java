package io.gatepost.scanner.scan;

import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;

/// A message as scanners see it: plain RFC 5322, lines with CRLF, no doubled dots, the Received
/// field that we add on top (requirement E14). Read as often as there are scanners.
public interface MessageView {

  /// The octets, at the reader's speed. Pieces are at most 64 KiB, and the reader releases them.
  /// Fails where the content cannot be read.
  Flux<DataBuffer> octets();

  /// How many octets there are at most: what is stored, dots doubled.
  long atMost();

  /// The same message in ASCII: 8-bit parts in base64 or quoted-printable, for scanners that know
  /// nothing else (requirement E15).
  MessageView sevenBit();
}

package io.gatepost.scanner.scan;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

/// Messages to be scanned, for tests: from `ann@sender.example` at 192.0.2.1 for
/// `bob@dest.example`.
public final class ScanJobs {

  /// The id of every message.
  public static final QueueId ID = QueueId.of("0123456789abcdefg00");

  private static final int PIECE = 16 * 1024;

  private ScanJobs() {}

  /// A message of these octets, in pieces of 16 KiB.
  public static ScanJob of(byte[] message) {
    return streaming(
        Flux.range(0, (message.length + PIECE - 1) / PIECE)
            .map(piece ->
                buffer(
                    java.util.Arrays.copyOfRange(
                        message, piece * PIECE, Math.min(message.length, (piece + 1) * PIECE)))),
        message.length);
  }

  /// A message of this text, in ISO 8859-1.
  public static ScanJob of(String message) {
    return of(message.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// A message that streams.
  ///
  /// @param atMost octets
  public static ScanJob streaming(Flux<DataBuffer> octets, long atMost) {
    return new ScanJob(envelope(atMost), new View(octets, atMost));
  }

  /// Octets as a piece of content.
  public static DataBuffer buffer(byte[] octets) {
    return DefaultDataBufferFactory.sharedInstance.wrap(octets);
  }

  private static Envelope envelope(long octets) {
    return new Envelope(
        ID,
        0,
        0,
        Instant.EPOCH,
        ReversePath.of("ann@sender.example"),
        List.of(Recipient.of(ForwardPath.of("bob@dest.example"))),
        new Provenance(
            "192.0.2.1",
            "192.0.2.25:25",
            "client.sender.example",
            Optional.empty(),
            Optional.empty(),
            Provenance.Protocol.ESMTP,
            Provenance.Origin.EXTERNAL),
        MailParameters.NONE,
        new ContentRef.Stored(ID, octets, "0".repeat(64)));
  }

  private record View(Flux<DataBuffer> octets, long atMost) implements MessageView {
    @Override
    public MessageView sevenBit() {
      return this;
    }
  }
}

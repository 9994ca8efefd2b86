package io.gatepost.scanner;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.digest.Sha256;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.queue.Queue;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;

/// Messages for scanners, in memory and stored.
public final class Messages {

  private static final QueueIdSequence IDS = new QueueIdSequence(InstantSource.system(), 1);
  private static final byte[] NOTHING = new byte[0];

  private Messages() {}

  /// Where a message comes from.
  public static Provenance from(String peer, Provenance.Origin origin) {
    return new Provenance(
        peer,
        "127.0.0.1:25",
        "client.example",
        Optional.empty(),
        Optional.empty(),
        Provenance.Protocol.ESMTP,
        origin);
  }

  /// An external message in memory.
  public static EnvelopeRecord inMemory(String content) {
    return inMemory(content, from("192.0.2.7", Provenance.Origin.EXTERNAL));
  }

  public static EnvelopeRecord inMemory(String content, Provenance provenance) {
    byte[] octets = content.getBytes(StandardCharsets.ISO_8859_1);
    return new EnvelopeRecord(
        envelope(IDS.next(), provenance, new ContentRef.Inline(octets.length)), octets);
  }

  /// An external message of stored content.
  public static EnvelopeRecord stored(String content) {
    byte[] octets = content.getBytes(StandardCharsets.ISO_8859_1);
    QueueId id = IDS.next();
    return new EnvelopeRecord(
        envelope(
            id,
            from("192.0.2.7", Provenance.Origin.EXTERNAL),
            new ContentRef.Stored(id, octets.length, Sha256.hex(octets))),
        NOTHING);
  }

  private static Envelope envelope(QueueId id, Provenance provenance, ContentRef content) {
    return new Envelope(
        id,
        0,
        0,
        Instant.EPOCH,
        ReversePath.of("ann@sender.example"),
        List.of(Recipient.of(ForwardPath.of("bob@dest.example"))),
        provenance,
        MailParameters.NONE,
        content);
  }

  /// A queue that has one content.
  public static Queue holding(Supplier<Flux<DataBuffer>> content) {
    return (Queue)
        Proxy.newProxyInstance(
            Queue.class.getClassLoader(),
            new Class<?>[] {Queue.class},
            (_, method, _) -> {
              if (method.getName().equals("getContent")) {
                return content.get();
              }
              throw new AssertionError(method + " is not for scanners");
            });
  }
}

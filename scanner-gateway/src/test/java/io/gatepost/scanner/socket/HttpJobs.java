package io.gatepost.scanner.socket;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.scanner.scan.MessageView;
import io.gatepost.scanner.scan.ScanJob;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;

/// Messages to be scanned, in tests.
public final class HttpJobs {

  public static final QueueId ID = QueueId.of("01jd8z3k5w000000100");

  /// A client with all that can be known of one.
  public static final Provenance CLIENT =
      Provenance.connected("192.0.2.7", "198.51.100.1:25", Provenance.Origin.EXTERNAL)
          .named(DomainName.of("host.example.org"))
          .encrypted("TLSv1.3 TLS_AES_128_GCM_SHA256")
          .greeted("client.example.org", Provenance.Protocol.ESMTPS)
          .marked(List.of(new Mark("dns-lists", "zen.example, 127.0.0.2")));

  private HttpJobs() {}

  /// A message from that client.
  public static ScanJob job(String content) {
    return job(CLIENT, "ann@example.org", List.of("bob@example.net", "carol@example.net"), content);
  }

  public static ScanJob job(
      Provenance client, String sender, List<String> recipients, String content) {
    byte[] octets = content.getBytes(StandardCharsets.ISO_8859_1);
    return job(
        client,
        sender,
        recipients,
        Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(octets)),
        octets.length);
  }

  public static ScanJob job(Flux<DataBuffer> content, long octets) {
    return job(CLIENT, "ann@example.org", List.of("bob@example.net"), content, octets);
  }

  private static ScanJob job(
      Provenance client,
      String sender,
      List<String> recipients,
      Flux<DataBuffer> content,
      long octets) {
    Envelope envelope =
        new Envelope(
            ID,
            0,
            0,
            Instant.EPOCH,
            ReversePath.of(sender),
            recipients.stream().map(each -> Recipient.of(ForwardPath.of(each))).toList(),
            client,
            MailParameters.NONE,
            new ContentRef.Inline(octets));
    return new ScanJob(envelope, new View(content, octets));
  }

  /// Authenticated as that user.
  public static Provenance user(String user) {
    return CLIENT.identified(user);
  }

  /// Made here.
  public static Provenance local() {
    return Provenance.local();
  }

  /// Returns filler in pieces of 64 KiB.
  public static Flux<DataBuffer> filler(int pieces) {
    byte[] piece = new byte[64 * 1024];
    Arrays.fill(piece, (byte) 'x');
    return Flux.range(0, pieces)
        .map(n -> DefaultDataBufferFactory.sharedInstance.wrap(piece.clone()));
  }

  private record View(Flux<DataBuffer> octets, long atMost) implements MessageView {
    @Override
    public MessageView sevenBit() {
      return this;
    }
  }
}

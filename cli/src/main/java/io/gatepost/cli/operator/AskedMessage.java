package io.gatepost.cli.operator;

import io.gatepost.cli.send.MailHeader;
import io.gatepost.cli.send.MessageText;
import io.gatepost.cli.send.ThisHost;
import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.envelope.Recipient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A message as if a client had just sent it. Throws [IllegalArgumentException] for addresses and
/// names that are none.
final class AskedMessage {

  private final QueueId id = new QueueIdSequence(InstantSource.system(), 1).next();
  private final Instant now = Instant.now();
  private final ReversePath sender;
  private final List<Recipient> recipients;
  private final Provenance provenance;
  private final String host = ThisHost.name();

  /// @param recipients `postmaster` of this host where there are none
  /// @param name the client's in the DNS, empty for none
  /// @param user empty for nobody
  /// @param internal whether the client is one of ours
  AskedMessage(
      String sender,
      List<String> recipients,
      String client,
      String name,
      String helo,
      String user,
      boolean internal) {
    this.sender = ReversePath.of(sender);
    this.recipients =
        (recipients.isEmpty() ? List.of("postmaster@" + host) : recipients)
            .stream().map(ForwardPath::of).map(Recipient::of).toList();
    Provenance from =
        new Provenance(
            client,
            name.isEmpty() ? Optional.empty() : Optional.of(DomainName.of(name)),
            "127.0.0.1:25",
            helo,
            Optional.empty(),
            Optional.empty(),
            Provenance.Protocol.ESMTP,
            internal ? Provenance.Origin.INTERNAL : Provenance.Origin.EXTERNAL,
            List.of());
    this.provenance =
        user.isEmpty() ? from : from.identified(user).greeted(helo, Provenance.Protocol.ESMTPA);
  }

  /// The trace field that the edge would put on top: some scanners learn the client from it.
  byte[] received() {
    String address =
        provenance.peer().indexOf(':') < 0 ? provenance.peer() : "IPv6:" + provenance.peer();
    String field =
        """
        Received: from %s ([%s])\r
        \tby %s (Gatepost) with %s id %s;\r
        \t%s\r
        """
            .formatted(
                provenance.helo(),
                address,
                host,
                provenance.protocol(),
                id,
                MailHeader.date(now.atZone(ZoneOffset.UTC)));
    return field.getBytes(StandardCharsets.UTF_8);
  }

  /// The message below that field, in the form in which the edge keeps it.
  ///
  /// @param text with line ends of any kind
  EnvelopeRecord message(byte[] own, byte[] text) {
    byte[] content = MessageText.content(text);
    byte[] whole = Arrays.copyOf(own, own.length + content.length);
    System.arraycopy(content, 0, whole, own.length, content.length);
    MailParameters parameters =
        new MailParameters(
            MessageText.hasEightBit(text) ? BodyType.EIGHT_BIT_MIME : BodyType.SEVEN_BIT,
            MailParameters.NONE.addresses(),
            MailParameters.NONE.dsn());
    return new EnvelopeRecord(
        new Envelope(
            id,
            0,
            0,
            now,
            sender,
            recipients,
            provenance,
            parameters,
            new ContentRef.Inline(whole.length)),
        whole);
  }
}

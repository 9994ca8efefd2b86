package io.gatepost.scanner.milter;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Steps as text, and envelopes to make steps of.
final class Packets {

  static final QueueId ID = QueueId.of("0123456789abcdefg00");

  /// From a client that has a name, over TLS, with AUTH.
  static final Provenance NAMED =
      Provenance.connected("192.0.2.1", "192.0.2.25:25", Provenance.Origin.EXTERNAL)
          .encrypted("TLSv1.3 TLS_AES_256_GCM_SHA384")
          .named(DomainName.of("client.sender.example"))
          .identified("ann")
          .greeted("helo.example", Provenance.Protocol.ESMTPSA);

  private Packets() {}

  static Envelope envelope(Provenance from, String sender, String... recipients) {
    List<Recipient> all = new ArrayList<>();
    for (String each : recipients) {
      String[] forms = each.split("=", -1);
      all.add(
          new Recipient(
              ForwardPath.of(forms[forms.length - 1]),
              ForwardPath.of(forms[0]),
              DsnParameters.OfRecipient.NONE));
    }
    return new Envelope(
        ID,
        0,
        0,
        Instant.EPOCH,
        ReversePath.of(sender),
        all,
        from,
        new MailParameters(
            BodyType.EIGHT_BIT_MIME, AddressForm.ASCII, DsnParameters.OfMessage.NONE),
        new ContentRef.Inline(1234));
  }

  static StepWriter writer(Envelope envelope, int steps) {
    return new StepWriter(new Agreement(6, steps, Map.of()), envelope, "mx.dest.example");
  }

  /// Each packet as its command and its data, with `|` for each NUL; a long body as its length.
  static List<String> of(List<Step> steps) {
    List<String> all = new ArrayList<>();
    for (Step step : steps) {
      for (Packet packet : new PacketDecoder().next(step.wire())) {
        all.add(
            packet.command()
                + " "
                + new String(packet.data(), StandardCharsets.UTF_8).replace('\0', '|'));
      }
    }
    return all;
  }
}

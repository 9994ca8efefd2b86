package io.gatepost.scanner.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.scanner.Messages;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageFactsTest {

  private static final Envelope ENVELOPE = Messages.inMemory("").envelope();

  static List<UnaryOperator<Envelope>> changes() {
    return List.of(
        from(client -> Messages.from("192.0.2.8", client.origin())),
        from(client -> client.named(DomainName.of("client.example"))),
        from(client -> client.greeted("other.example", client.protocol())),
        from(client -> client.greeted(client.helo(), Provenance.Protocol.SMTP)),
        from(client ->
            client
                .encrypted("TLSv1.3 TLS_AES_256_GCM_SHA384")
                .greeted(client.helo(), client.protocol())),
        from(client -> client.identified("ann")),
        from(client -> client.marked(List.of(new Mark("spf", "fail")))),
        sender("other@sender.example"),
        sender(""),
        recipients("carol@dest.example"),
        recipients("bob@dest.example", "carol@dest.example"));
  }

  private static UnaryOperator<Envelope> from(UnaryOperator<Provenance> change) {
    return envelope ->
        copy(
            envelope,
            envelope.sender(),
            envelope.recipients(),
            change.apply(envelope.provenance()));
  }

  private static UnaryOperator<Envelope> sender(String sender) {
    return envelope ->
        copy(envelope, ReversePath.of(sender), envelope.recipients(), envelope.provenance());
  }

  private static UnaryOperator<Envelope> recipients(String... recipients) {
    return envelope ->
        copy(
            envelope,
            envelope.sender(),
            List.of(recipients).stream().map(ForwardPath::of).map(Recipient::of).toList(),
            envelope.provenance());
  }

  private static Envelope copy(
      Envelope envelope, ReversePath sender, List<Recipient> recipients, Provenance from) {
    return new Envelope(
        envelope.id(),
        envelope.generation(),
        envelope.attempts(),
        envelope.arrivedAt(),
        sender,
        recipients,
        from,
        envelope.parameters(),
        envelope.content());
  }

  @ParameterizedTest
  @MethodSource("changes")
  void eachFactCounts(UnaryOperator<Envelope> change) {
    assertThat(MessageFacts.of(change.apply(ENVELOPE))).isNotEqualTo(MessageFacts.of(ENVELOPE));
  }

  @Test
  void theIdDoesNot() {
    assertThat(MessageFacts.of(Messages.inMemory("").envelope()))
        .isEqualTo(MessageFacts.of(ENVELOPE));
  }
}

package io.gatepost.verification.store;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import java.time.Instant;
import java.util.Optional;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Embedded;
import org.springframework.data.relational.core.mapping.Table;

/// A row of the answers.
///
/// @param domain the recipient's
/// @param host who said it; empty where that is not known
@Table(schema = StoreConfiguration.SCHEMA, name = "callout_answer")
record AnswerRow(
    @Id @Embedded(onEmpty = Embedded.OnEmpty.USE_NULL) Key id,
    String domain,
    String host,
    String address,
    int port,
    String reply,
    Instant heardAt) {

  /// @param sender empty for the null reverse-path
  record Key(String destination, String recipient, String sender) {}

  AnswerKey key() {
    return new AnswerKey(
        id.destination(), ForwardPath.of(id.recipient()), ReversePath.of(id.sender()));
  }

  Answer answer() {
    return new Answer(
        Reply.parse(reply),
        host.isEmpty() ? Optional.empty() : Optional.of(new NextHop(host, address, port)),
        heardAt);
  }
}

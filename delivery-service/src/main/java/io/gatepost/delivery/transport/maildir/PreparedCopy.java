package io.gatepost.delivery.transport.maildir;

import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.delivery.transport.Transport;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A copy that is written and synced, and needs only its name in `new`.
final class PreparedCopy implements Transport.Prepared {

  private final List<Recipient> recipients;
  private final CompletableFuture<Boolean> decision = new CompletableFuture<>();

  PreparedCopy(List<Recipient> recipients) {
    this.recipients = recipients;
  }

  /// Whether it goes on; done once that is decided.
  CompletableFuture<Boolean> decision() {
    return decision;
  }

  @Override
  public List<Recipient> recipients() {
    return recipients;
  }

  @Override
  public List<RecipientOutcome> refused() {
    return List.of();
  }

  @Override
  public boolean isStanding() {
    return !decision.isDone();
  }

  @Override
  public void go() {
    decision.complete(true);
  }

  @Override
  public void abandon() {
    decision.complete(false);
  }
}

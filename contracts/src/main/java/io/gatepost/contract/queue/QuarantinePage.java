package io.gatepost.contract.queue;

import java.util.List;
import java.util.Optional;

/// One page of the messages in the quarantine.
///
/// @param messages oldest first
/// @param next where the next page goes on; absent on the last one
/// @param matching how many messages meet the conditions, on all pages
public record QuarantinePage(
    List<QuarantinedMessage> messages, Optional<QueuePosition> next, QueuePage.Count matching) {

  public QuarantinePage {
    messages = List.copyOf(messages);
  }
}

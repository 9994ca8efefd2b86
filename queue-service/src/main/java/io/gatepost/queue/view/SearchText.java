package io.gatepost.queue.view;

import io.gatepost.contract.queue.QueueFilter;
import io.gatepost.contract.reply.Reason;
import io.gatepost.queue.search.SearchTerms;

/// The conditions of a search as the statement compares them: addresses with the line ends around
/// them, so that a part of one is none; empty where there is no condition.
record SearchText(
    String arrivedBefore,
    String dueBefore,
    String reason,
    String destination,
    String sender,
    String senderDomain,
    String recipient,
    String recipientDomain) {

  static SearchText of(QueueFilter filter) {
    return new SearchText(
        filter.arrivedBefore().map(SearchTerms::time).orElse(SearchTerms.LATEST),
        filter.dueBefore().map(SearchTerms::time).orElse(SearchTerms.LATEST),
        filter.reason().map(Reason::label).orElse(""),
        filter.destination().orElse(""),
        filter.sender().map(sender -> SearchTerms.address(sender.text())).orElse(""),
        filter.senderDomain().map(domain -> SearchTerms.domain(domain.text())).orElse(""),
        filter.recipient().map(recipient -> SearchTerms.address(recipient.toString())).orElse(""),
        filter.recipientDomain().map(domain -> SearchTerms.domain(domain.text())).orElse(""));
  }
}

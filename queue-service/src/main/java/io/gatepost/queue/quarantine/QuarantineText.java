package io.gatepost.queue.quarantine;

import io.gatepost.contract.queue.QuarantineFilter;
import io.gatepost.queue.search.SearchTerms;

/// The conditions of a search as the statement compares them: addresses with the line ends around
/// them, so that a part of one is none; empty where there is no condition.
record QuarantineText(
    String arrivedBefore,
    String finding,
    String sender,
    String senderDomain,
    String recipient,
    String recipientDomain) {

  static QuarantineText of(QuarantineFilter filter) {
    return new QuarantineText(
        filter.arrivedBefore().map(SearchTerms::time).orElse(SearchTerms.LATEST),
        filter.finding().orElse(""),
        filter.sender().map(sender -> SearchTerms.address(sender.text())).orElse(""),
        filter.senderDomain().map(domain -> SearchTerms.domain(domain.text())).orElse(""),
        filter.recipient().map(recipient -> SearchTerms.address(recipient.toString())).orElse(""),
        filter.recipientDomain().map(domain -> SearchTerms.domain(domain.text())).orElse(""));
  }
}

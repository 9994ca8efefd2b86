package io.gatepost.verification.probe;

import io.gatepost.contract.address.DomainName;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import io.gatepost.verification.callout.HostKey;
import io.gatepost.verification.callout.HostRefusal;
import io.gatepost.verification.callout.Knowledge;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Earlier knowledge, and the answers of one question since, whether or not they could be
/// remembered.
final class FreshKnowledge implements Knowledge {

  private final Knowledge known;
  private final List<Heard> heard;

  FreshKnowledge(Knowledge known) {
    this(known, List.of());
  }

  private FreshKnowledge(Knowledge known, List<Heard> heard) {
    this.known = known;
    this.heard = heard;
  }

  FreshKnowledge plus(Heard more) {
    List<Heard> all = new ArrayList<>(heard);
    all.add(more);
    return new FreshKnowledge(known, all);
  }

  @Override
  public Optional<Answer> answer(AnswerKey key) {
    for (Heard one : heard) {
      if (one instanceof Heard.OfRecipient(var of, var answer) && of.equals(key)) {
        return Optional.of(answer);
      }
    }
    return known.answer(key);
  }

  @Override
  public Optional<HostRefusal> host(HostKey key) {
    for (Heard one : heard) {
      if (one instanceof Heard.OfHost(var of, var refusal) && of.equals(key)) {
        return Optional.of(refusal);
      }
    }
    return known.host(key);
  }

  @Override
  public boolean acceptsAll(String destination, DomainName domain) {
    return known.acceptsAll(destination, domain);
  }
}

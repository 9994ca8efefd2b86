package io.gatepost.verification.probe;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.VerdictExplanation;
import io.gatepost.contract.verification.VerdictExplanation.Basis;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.Finding;
import io.gatepost.verification.callout.Finding.Evidence;
import io.gatepost.verification.callout.HostKey;
import io.gatepost.verification.callout.HostRefusal;
import io.gatepost.verification.callout.Knowledge;
import io.gatepost.verification.callout.Question;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// Tells an operator where the verdict on one leg comes from.
final class Explanation {

  private final Question question;
  private final Knowledge known;
  private final InstantSource clock;

  Explanation(Question question, Knowledge known, InstantSource clock) {
    this.question = question;
    this.known = known;
    this.clock = clock;
  }

  VerdictExplanation.Leg remembered(Finding finding) {
    Basis basis =
        switch (finding.evidence()) {
          case Evidence.OfAnswer(var _, var answer) ->
              new Basis.Remembered(answer.age(clock.instant()));
          case Evidence.OfHost(var _, var refusal) ->
              new Basis.HostRemembered(Duration.between(refusal.at(), clock.instant()));
          case Evidence.Unasked _ -> new Basis.Routing();
        };
    return leg(finding.verdict(), basis);
  }

  VerdictExplanation.Leg asked(Finding finding, Duration took) {
    return leg(finding.verdict(), new Basis.AskedNow(took));
  }

  VerdictExplanation.Leg late(RecipientVerdict verdict) {
    return leg(verdict, new Basis.Late());
  }

  private VerdictExplanation.Leg leg(RecipientVerdict verdict, Basis basis) {
    String destination = question.destination().name();
    return new VerdictExplanation.Leg(
        question.address(),
        destination,
        verdict,
        basis,
        known.acceptsAll(destination, question.recipient().domain()),
        heard());
  }

  private List<VerdictExplanation.Heard> heard() {
    List<VerdictExplanation.Heard> heard = new ArrayList<>();
    ReversePath first = question.senders().getFirst();
    known.host(question.host()).ifPresent(refusal -> heard.add(of(first, refusal)));
    for (ReversePath sender : question.senders()) {
      HostKey host = question.host(sender);
      known.host(host).ifPresent(refusal -> heard.add(of(sender, refusal)));
      known.answer(question.key(sender)).ifPresent(answer -> heard.add(of(sender, answer)));
    }
    return heard;
  }

  private VerdictExplanation.Heard of(ReversePath sender, HostRefusal refusal) {
    return new VerdictExplanation.Heard(
        refusal.hop().toString(),
        refusal.stage().name(),
        sender,
        question.recipient(),
        refusal.reply());
  }

  private VerdictExplanation.Heard of(ReversePath sender, Answer answer) {
    String host = answer.hop().map(NextHop::toString).orElse("");
    return new VerdictExplanation.Heard(host, "RCPT", sender, question.recipient(), answer.reply());
  }
}

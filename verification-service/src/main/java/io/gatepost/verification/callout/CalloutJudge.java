package io.gatepost.verification.callout;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.ForeignReply;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.RecipientVerdict.Doubt;
import io.gatepost.verification.callout.Finding.Evidence;
import java.util.Optional;

/// Judges a question by what next hops have said. An answer under the null reverse-path serves
/// every sender; where it is a 5xx that may not be about the address, the client's own sender is
/// asked about once more, and that answer is that sender's only. A refusal before RCPT is never the
/// recipient's.
public final class CalloutJudge {

  private CalloutJudge() {}

  /// Returns the verdict, or what has to be asked first: at most two questions, one after the
  /// other.
  public static Step next(Question question, Knowledge known) {
    ReversePath first = question.first();
    ReversePath own = question.sender();
    if (first.equals(own)) {
      return under(question, first, known);
    }
    Optional<Answer> heard = known.answer(question.key(own));
    if (heard.isPresent()) {
      return new Step.Decided(judge(question, question.key(own), heard.get(), known));
    }
    Step step = under(question, first, known);
    return step instanceof Step.Decided(var finding) && finding.mayDependOnSender()
        ? under(question, own, known)
        : step;
  }

  private static Step under(Question question, ReversePath sender, Knowledge known) {
    AnswerKey key = question.key(sender);
    Optional<Answer> answer = known.answer(key);
    if (answer.isPresent()) {
      return new Step.Decided(judge(question, key, answer.get(), known));
    }
    for (HostKey host : new HostKey[] {question.host(), question.host(sender)}) {
      Optional<HostRefusal> refusal = known.host(host);
      if (refusal.isPresent()) {
        return new Step.Decided(judge(question, host, refusal.get()));
      }
    }
    return new Step.Ask(key);
  }

  private static Finding judge(Question question, AnswerKey key, Answer answer, Knowledge known) {
    RecipientVerdict verdict =
        switch (answer.kind()) {
          case ACCEPTED ->
              known.acceptsAll(key.destination(), key.recipient().domain())
                  ? new RecipientVerdict.Unproven(Doubt.ACCEPTS_ALL)
                  : new RecipientVerdict.Good();
          case REFUSED ->
              new RecipientVerdict.Bad(Reason.NEXT_HOP_REFUSED, words(question, answer));
          case DEFERRED ->
              new RecipientVerdict.Unknown(Reason.NEXT_HOP_DEFERRED, words(question, answer));
        };
    return new Finding(verdict, new Evidence.OfAnswer(key, answer));
  }

  private static Reply words(Question question, Answer answer) {
    return ForeignReply.toRecipient(
        answer.reply(),
        new ForeignReply.Said(
            answer.hop().map(hop -> new ForeignReply.Host(hop.host(), hop.address())),
            question.address(),
            question.recipient()));
  }

  private static Finding judge(Question question, HostKey key, HostRefusal refusal) {
    RecipientVerdict verdict =
        switch (refusal.scope()) {
          case HOST ->
              away(
                  question,
                  Reason.NEXT_HOP_DEFERRED,
                  Replies.hostRefuses(question.address().domain()));
          case DOMAIN ->
              new RecipientVerdict.Bad(
                  Reason.UNROUTABLE_DOMAIN, Replies.nullMx(question.address().domain()));
        };
    return new Finding(verdict, new Evidence.OfHost(key, refusal));
  }

  /// Returns the finding where the next hop was not asked.
  ///
  /// @param reply a 4xx
  public static Finding unasked(Question question, Reason reason, Reply reply) {
    RecipientVerdict verdict =
        isOfHost(reason)
            ? away(question, reason, reply)
            : new RecipientVerdict.Unknown(reason, reply);
    return new Finding(verdict, new Evidence.Unasked());
  }

  /// Our own limits and troubles are not the host's: a flood of questions is not to fill the queue.
  private static boolean isOfHost(Reason reason) {
    return reason == Reason.UNREACHABLE
        || reason == Reason.CONNECTION_LOST
        || reason == Reason.DEADLINE_EXCEEDED;
  }

  /// The verdict while the host cannot be asked.
  private static RecipientVerdict away(Question question, Reason reason, Reply reply) {
    return switch (question.rule().late()) {
      case LATER -> new RecipientVerdict.Unknown(reason, reply);
      case ACCEPT -> new RecipientVerdict.Unproven(Doubt.LATE);
    };
  }
}

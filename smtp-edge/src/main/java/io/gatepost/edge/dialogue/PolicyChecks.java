package io.gatepost.edge.dialogue;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.Known;
import io.gatepost.edge.policy.CheckName;
import io.gatepost.edge.policy.Decision;
import io.gatepost.edge.policy.HeloQuestion;
import io.gatepost.edge.policy.Note;
import io.gatepost.edge.policy.RecipientQuestion;
import io.gatepost.edge.policy.SenderQuestion;
import io.gatepost.edge.policy.Stage;
import io.gatepost.edge.policy.Verdict;
import io.gatepost.edge.session.ClientClass;
import io.gatepost.edge.session.SessionState.InTransaction;
import io.gatepost.edge.session.Step;
import io.gatepost.rpc.trace.Span;
import io.gatepost.rpc.trace.Traces;
import io.gatepost.smtp.command.Command;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// The questions of one dialogue to the policy about names, senders and recipients. A verdict that
/// is known at once is answered at once; the others are answered in the order of their commands.
final class PolicyChecks {

  private static final Verdict.Refuse NO_ROOM =
      new Verdict.Refuse(Reason.RECIPIENT_LIMIT, Replies.TOO_MANY_RECIPIENTS_NOW);
  private static final Mono<Decision> REFUSED_FOR_ROOM =
      Mono.just(new Decision.Refused(CheckName.RECIPIENT_LIMIT, NO_ROOM, List.of()));

  private final Conversation conversation;
  private final DialogueServices services;
  private final DialogueState state;
  private final AbuseLimits limits;
  private final @Nullable HeldReplies held;
  private final PendingReplies pending = new PendingReplies();

  /// @param held where refusals may be held back
  PolicyChecks(
      Conversation conversation,
      DialogueServices services,
      DialogueState state,
      AbuseLimits limits,
      @Nullable HeldReplies held) {
    this.conversation = conversation;
    this.services = services;
    this.state = state;
    this.limits = limits;
    this.held = held;
  }

  /// Whether a command waits for its verdict, or for that of one before it.
  boolean arePending() {
    return !pending.isEmpty();
  }

  /// Whether a command may go on while verdicts are still to come.
  boolean admit(Command command) {
    return pending.admits(command);
  }

  /// Forgets the verdicts that are still to come: no one hears the replies.
  void forget() {
    pending.forget();
  }

  /// Answers a command that needs no verdict, in its turn. Behind verdicts that are still to come
  /// there can only be a recipient that is refused at once, which leaves the transaction as it is.
  void answerInTurn(Step.Answer step) {
    if (pending.isEmpty()) {
      state.become(step.state());
      limits.answer(step.reply());
    } else {
      pending.add(step).become(() -> limits.answer(step.reply()));
    }
  }

  /// Asks about the client's name.
  void checkHelo(Step.CheckHelo step) {
    check(
        step,
        isFilter()
            ? Decision.PASSED
            : services
                .policy()
                .atHelo(new HeloQuestion(client().provenance(), step.greeted().helo())));
  }

  /// Asks about the sender, where the session may have one more message.
  void checkSender(Step.CheckSender step) {
    if (limits.admitsMessage()) {
      state.begin(transaction());
      check(
          step,
          isFilter()
              ? Decision.PASSED
              : services
                  .policy()
                  .atMail(
                      new SenderQuestion(
                          client().provenance(),
                          client().connection().identity(),
                          step.transaction().sender())));
    }
  }

  /// Begins the trace of a transaction.
  private Span transaction() {
    Traces traces = services.traces();
    return traces.isOn()
        ? traces
            .begin("smtp transaction", Span.NONE)
            .note("gatepost.peer", client().provenance().peer())
        : Span.NONE;
  }

  /// Asks about a recipient, where there is memory for one more.
  void checkRecipient(Step.CheckRecipient step) {
    InTransaction transaction = step.transaction();
    int earlier = transaction.recipients().size() + pending.recipients();
    check(
        step,
        state.recipients().take(earlier, step.recipient(), client().clientClass())
            ? isFilter() ? Decision.PASSED : asked(transaction, step, earlier)
            : REFUSED_FOR_ROOM);
  }

  private Mono<Decision> asked(InTransaction transaction, Step.CheckRecipient step, int earlier) {
    return services
        .policy()
        .atRcpt(
            new RecipientQuestion(
                client().provenance(),
                client().lists(),
                transaction.sender(),
                step.recipient().address(),
                earlier));
  }

  /// A message that a filter gives back has passed all checks before.
  private boolean isFilter() {
    return client().clientClass() == ClientClass.FILTER;
  }

  private void check(Step.Check step, Mono<Decision> decision) {
    Decision known = Known.value(decision);
    boolean mayWait = held != null && known instanceof Decision.Refused;
    if (known != null && pending.isEmpty() && !mayWait) {
      conclude(step, known);
      return;
    }
    PendingReplies.Pending reply = pending.add(step);
    Span span = state.span();
    span.within(decision)
        .subscribe(
            decided ->
                conversation.runInSession(() -> span.run(() -> decided(step, reply, decided))),
            conversation::failed);
  }

  /// A decision has come. A refusal that is held back is recorded at once: the client may not wait
  /// for it.
  private void decided(Step.Check step, PendingReplies.Pending reply, Decision decision) {
    if (held != null
        && decision instanceof Decision.Refused(_, var refusal, var notes)
        && held.hold(() -> give(reply, () -> tell(refusal)))) {
      record(step, notes);
      recordRefusal(step, refusal);
    } else {
      give(reply, () -> conclude(step, decision));
      conversation.resume();
    }
  }

  private void give(PendingReplies.Pending reply, Runnable known) {
    reply.become(known);
    pending.give();
  }

  private void conclude(Step.Check step, Decision decision) {
    record(step, decision.notes());
    switch (decision) {
      case Decision.Passed(var notes) -> passed(step, notes);
      case Decision.Refused(_, var refusal, _) -> {
        recordRefusal(step, refusal);
        tell(refusal);
        if (step instanceof Step.CheckSender) {
          state.endSpan();
        }
      }
    }
  }

  private void record(Step.Check step, List<Note> notes) {
    if (notes.isEmpty()) {
      return;
    }
    SessionJournal journal = conversation.journal();
    switch (step) {
      case Step.CheckHelo(var greeted, _) ->
          journal.noted(Stage.HELO, notes, greeted.helo(), "", "");
      case Step.CheckSender(var transaction, _) ->
          journal.noted(Stage.MAIL, notes, state.helo(), transaction.sender(), "");
      case Step.CheckRecipient(var transaction, var recipient) ->
          journal.noted(Stage.RCPT, notes, state.helo(), transaction.sender(), recipient.address());
    }
  }

  private void passed(Step.Check step, List<Note> notes) {
    switch (step) {
      case Step.CheckHelo(var greeted, var reply) -> {
        state.become(greeted);
        state.marks().greeted(notes);
        conversation.send(reply);
      }
      case Step.CheckSender(var transaction, var reply) -> {
        state.become(transaction);
        state.marks().add(notes);
        conversation.send(reply);
      }
      case Step.CheckRecipient(_, var recipient) -> {
        if (state.session() instanceof InTransaction open) {
          InTransaction more = open.plus(recipient);
          if (more == open) {
            state.recipients().give(recipient);
          }
          if (more == open && !limits.admitsJunk()) {
            return;
          }
          state.become(more);
          state.marks().add(notes);
        }
        services.meters().recipientAccepted();
        conversation.send(Replies.RECIPIENT_OK);
      }
    }
  }

  private void recordRefusal(Step.Check step, Verdict.Refuse verdict) {
    String helo = state.helo();
    switch (step) {
      case Step.CheckHelo _ -> conversation.journal().refused(Stage.HELO, verdict, helo, "", "");
      case Step.CheckSender(var transaction, _) ->
          conversation.journal().refused(Stage.MAIL, verdict, helo, transaction.sender(), "");
      case Step.CheckRecipient(var transaction, var recipient) -> {
        if (verdict != NO_ROOM) {
          state.recipients().give(recipient);
        }
        conversation
            .journal()
            .refused(Stage.RCPT, verdict, helo, transaction.sender(), recipient.address());
        services.policy().refused(client().provenance(), verdict);
      }
    }
  }

  private void tell(Verdict.Refuse verdict) {
    conversation.send(verdict.reply());
    limits.refused(verdict.reply());
  }

  private Client client() {
    return conversation.client();
  }
}

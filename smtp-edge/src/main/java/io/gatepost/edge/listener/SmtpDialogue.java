package io.gatepost.edge.listener;

import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.event.TrafficClass;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.Known;
import io.gatepost.edge.auth.Exchange;
import io.gatepost.edge.intake.ContentReceiver;
import io.gatepost.edge.policy.HeloQuestion;
import io.gatepost.edge.policy.RecipientQuestion;
import io.gatepost.edge.policy.SenderQuestion;
import io.gatepost.edge.policy.Stage;
import io.gatepost.edge.policy.Verdict;
import io.gatepost.edge.session.Mechanism;
import io.gatepost.edge.session.RecipientRoom;
import io.gatepost.edge.session.SessionBudget;
import io.gatepost.edge.session.SessionMachine;
import io.gatepost.edge.session.SessionState;
import io.gatepost.edge.session.SessionState.Chunking;
import io.gatepost.edge.session.SessionState.InTransaction;
import io.gatepost.edge.session.Step;
import io.gatepost.edge.session.TransmissionType;
import io.gatepost.smtp.command.Command;
import io.gatepost.smtp.command.Command.Chunk;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// What is said in one session since it began, or began anew with TLS or XCLIENT: commands to the
/// machine, questions to the policy, content to its receiver, and one reply for each, in order.
final class SmtpDialogue {

  /// A chunk that nobody wants is read to its end up to this; a larger one ends the session.
  private static final long MAX_SKIPPED_OCTETS = 64L * 1024 * 1024;

  private static final Verdict.Refuse NO_ROOM =
      new Verdict.Refuse(Reason.RECIPIENT_LIMIT, Replies.TOO_MANY_RECIPIENTS_NOW);

  private final SmtpSession session;
  private final SessionServices services;
  private final LineInput input;
  private final PendingChecks checks = new PendingChecks();
  private final SessionBudget budget;
  private final RecipientRoom.Share room;
  private SessionState state = new SessionState.Connected();
  private Phase phase = Phase.COMMANDS;

  /// A command that waits until those before it are answered.
  private @Nullable Command held;

  /// The message of which some chunks have come.
  private @Nullable Reception chunked;

  SmtpDialogue(SmtpSession session, SessionServices services) {
    this.session = session;
    this.services = services;
    this.input = session.input();
    this.budget = new SessionBudget(services.rules().budget());
    this.room = services.recipientRoom().share();
  }

  /// Does one thing; false when there is nothing to do until more comes in.
  boolean advance() {
    return switch (phase) {
      case Phase.Commands _ -> nextCommand();
      case Phase.SkippingLine _ -> skipLine();
      case Phase.SkippingChunk skipping -> skipChunk(skipping);
      case Phase.Authenticating(var exchange) -> nextResponse(exchange);
      case Phase.Receiving(var reception) -> receive(reception);
      case Phase.ReceivingChunk receiving -> receiveChunk(receiving);
      case Phase.Deciding _ -> false;
    };
  }

  /// Whether the client's octets can be taken.
  boolean mayRead() {
    return switch (phase) {
      case Phase.Receiving(var reception) -> reception.content().mayReadOn();
      case Phase.ReceivingChunk receiving -> receiving.reception().content().mayReadOn();
      case Phase.Commands _,
          Phase.SkippingLine _,
          Phase.SkippingChunk _,
          Phase.Authenticating _,
          Phase.Deciding _ ->
          true;
    };
  }

  /// Whether the client waits for us.
  boolean isBusy() {
    return !checks.isEmpty()
        || phase instanceof Phase.Deciding
        || (phase instanceof Phase.Authenticating(var exchange) && exchange.isWaiting());
  }

  /// How long the client may take until its next octets.
  Duration patience() {
    return switch (phase) {
      case Phase.Receiving _, Phase.ReceivingChunk _, Phase.SkippingChunk _ ->
          services.rules().timeouts().data();
      case Phase.Commands _, Phase.SkippingLine _, Phase.Authenticating _, Phase.Deciding _ ->
          services.rules().timeouts().command();
    };
  }

  /// What the client calls itself, empty where it has not said it.
  String helo() {
    return SessionMachine.withoutTransaction(state) instanceof SessionState.Greeted greeted
        ? greeted.helo()
        : "";
  }

  /// The client has gone, or is sent away.
  void gone() {
    switch (phase) {
      case Phase.Receiving(var reception) -> reception.abandon();
      case Phase.Deciding(var reception) -> reception.cancel();
      case Phase.ReceivingChunk _,
          Phase.Commands _,
          Phase.SkippingLine _,
          Phase.SkippingChunk _,
          Phase.Authenticating _ -> {}
    }
    phase = Phase.COMMANDS;
    abandonChunks();
    room.giveAll();
  }

  private boolean nextCommand() {
    Command command = held;
    if (command == null) {
      if (input.commandIsTooLong()) {
        return lineTooLong();
      }
      if (!input.hasLine()) {
        return false;
      }
      command = services.parser().parse(input.line());
      input.dropLine();
    }
    if (!checks.admits(command)) {
      held = command; // replies are in order (RFC 2920 §3.2)
      return false;
    }
    held = null;
    follow(services.machine().on(session.connection(), state, command));
    return !session.isClosed();
  }

  private boolean lineTooLong() {
    if (!checks.isEmpty()) {
      return false;
    }
    phase = Phase.SKIPPING_LINE;
    answer(Replies.LINE_TOO_LONG);
    return !session.isClosed();
  }

  private boolean skipLine() {
    if (input.hasLine()) {
      input.dropLine();
      phase = Phase.COMMANDS;
      return true;
    }
    input.consume(input.size());
    return false;
  }

  private boolean skipChunk(Phase.SkippingChunk skipping) {
    int skipped = (int) Math.min(skipping.octets(), input.size());
    input.consume(skipped);
    long left = skipping.octets() - skipped;
    if (left > 0) {
      phase = new Phase.SkippingChunk(left, skipping.reply());
      return false;
    }
    phase = Phase.COMMANDS;
    answer(skipping.reply());
    return !session.isClosed();
  }

  private boolean nextResponse(AuthDialogue exchange) {
    if (exchange.isWaiting()) {
      return false;
    }
    if (input.lineIsTooLong(LineInput.MAX_AUTH_OCTETS)) {
      phase = Phase.SKIPPING_LINE;
      answer(Replies.AUTH_LINE_TOO_LONG);
      return !session.isClosed();
    }
    if (!input.hasLine()) {
      return false;
    }
    String line = input.line();
    input.dropLine();
    exchange.answer(line);
    return !session.isClosed();
  }

  private void follow(Step step) {
    switch (step) {
      case Step.Answer(var next, var reply) -> {
        become(next);
        answer(reply);
      }
      case Step.CheckHelo helo ->
          check(
              helo,
              services
                  .policy()
                  .atHelo(new HeloQuestion(session.provenance(), helo.greeted().helo())));
      case Step.CheckSender sender -> checkSender(sender);
      case Step.CheckRecipient recipient -> checkRecipient(recipient);
      case Step.Receive(var transaction, var reply) -> {
        phase = new Phase.Receiving(reception(transaction, Framing.DOTS));
        session.say(reply);
      }
      case Step.ReceiveChunk receive -> beginChunk(receive);
      case Step.SkipChunk(var next, var octets, var reply) -> {
        become(next);
        if (octets > MAX_SKIPPED_OCTETS) {
          session.close(reply);
        } else {
          phase = new Phase.SkippingChunk(octets, reply);
        }
      }
      case Step.StartTls(var reply) -> startTls(reply);
      case Step.Authenticate(var mechanism, var initial) -> authenticate(mechanism, initial);
      case Step.Adopt(var attributes) ->
          XclientAttributes.of(attributes, session.provenance())
              .ifPresentOrElse(session::adopt, () -> answer(Replies.SYNTAX));
      case Step.Close(var reply) -> session.close(reply);
    }
  }

  private void checkSender(Step.CheckSender step) {
    Optional<Reply> end = budget.message();
    if (end.isPresent()) {
      session.close(end.get());
      return;
    }
    check(
        step,
        services
            .policy()
            .atMail(new SenderQuestion(session.provenance(), step.transaction().sender())));
  }

  private void checkRecipient(Step.CheckRecipient step) {
    InTransaction transaction = step.transaction();
    check(
        step,
        services
            .policy()
            .atRcpt(
                new RecipientQuestion(
                    session.provenance(),
                    transaction.sender(),
                    step.recipient().address(),
                    transaction.recipients().size() + checks.size())));
  }

  private void check(Step.Check step, Mono<Verdict> verdict) {
    Verdict known = Known.value(verdict);
    if (known != null && checks.isEmpty()) {
      conclude(step, known);
      return;
    }
    PendingChecks.Pending pending = checks.add(step);
    verdict.subscribe(
        said ->
            session.onLoop(() -> {
              pending.answer(said);
              checks.conclude(this::conclude);
              session.process();
            }),
        session::failed);
  }

  private void conclude(Step.Check step, Verdict verdict) {
    if (session.isClosed()) {
      return;
    }
    switch (verdict) {
      case Verdict.Pass _ -> passed(step);
      case Verdict.Refuse refuse -> refused(step, refuse);
    }
  }

  private void passed(Step.Check step) {
    switch (step) {
      case Step.CheckHelo(var greeted, var reply) -> {
        become(greeted);
        session.say(reply);
      }
      case Step.CheckSender(var transaction, var reply) -> {
        become(transaction);
        session.say(reply);
      }
      case Step.CheckRecipient(_, var recipient) -> {
        if (state instanceof InTransaction open) {
          InTransaction more = open.plus(recipient);
          if (more != open && !room.take(open.recipients().size())) {
            refused(step, NO_ROOM);
            return;
          }
          state = more;
        }
        services.meters().recipientAccepted();
        session.say(Replies.RECIPIENT_OK);
      }
    }
  }

  private void refused(Step.Check step, Verdict.Refuse verdict) {
    switch (step) {
      case Step.CheckHelo _ -> session.refused(Stage.HELO, verdict, "", "");
      case Step.CheckSender(var transaction, _) ->
          session.refused(Stage.MAIL, verdict, transaction.sender(), "");
      case Step.CheckRecipient(var transaction, var recipient) ->
          session.refused(Stage.RCPT, verdict, transaction.sender(), recipient.address());
    }
    session.say(verdict.reply());
    countRefusal(verdict.reply());
  }

  private void countRefusal(Reply reply) {
    if (session.provenance().origin() == Origin.EXTERNAL) {
      budget.refused(reply).ifPresent(session::close);
    }
  }

  /// What follows in the clear may be another's words, to be taken for the client's under TLS (RFC
  /// 3207 §5, CVE-2011-0411).
  private void startTls(Reply reply) {
    if (input.size() > 0) {
      input.consume(input.size());
      answer(Replies.DATA_AFTER_STARTTLS);
    } else {
      session.startTls(reply);
    }
  }

  private void authenticate(Mechanism mechanism, Optional<String> initial) {
    AuthDialogue dialogue =
        new AuthDialogue(
            session,
            this,
            services.verification(),
            services.rules().timeouts().credentials(),
            Exchange.of(mechanism, session.provenance().peer(), Nonces::next));
    phase = new Phase.Authenticating(dialogue);
    dialogue.begin(initial);
  }

  /// AUTH has succeeded.
  void authenticated(String user) {
    session.identify(user);
    phase = Phase.COMMANDS;
    session.say(Replies.AUTHENTICATED);
  }

  /// AUTH has ended before anybody was asked.
  void notAuthenticated(Reply reply) {
    phase = Phase.COMMANDS;
    answer(reply);
  }

  /// AUTH has failed.
  void credentialsRefused(String user, Verdict.Refuse refusal) {
    session.refused(Stage.AUTH, refusal, "", user);
    notAuthenticated(refusal.reply());
    if (!session.isClosed()) {
      countRefusal(refusal.reply());
    }
  }

  private boolean receive(Reception reception) {
    ContentReceiver content = reception.content();
    if (input.size() == 0 || !content.mayReadOn()) {
      return false;
    }
    input.consume(content.take(input.octets(), input.start(), input.end()));
    if (content.isComplete()) {
      decide(reception);
    } else if (content.isHopeless()) {
      session.close(Replies.MESSAGE_TOO_LARGE);
    }
    return !session.isClosed();
  }

  private void beginChunk(Step.ReceiveChunk receive) {
    Reception reception = chunked;
    if (reception == null) {
      reception = reception(receive.transaction(), Framing.CHUNKS);
      chunked = reception;
    }
    state = new Chunking(receive.transaction());
    phase = new Phase.ReceivingChunk(reception, receive.octets(), receive.chunk());
  }

  private boolean receiveChunk(Phase.ReceivingChunk receiving) {
    ContentReceiver content = receiving.reception().content();
    int taken = (int) Math.min(receiving.octets(), input.size());
    if (receiving.octets() > 0 && (taken == 0 || !content.mayReadOn())) {
      return false;
    }
    content.take(input.octets(), input.start(), input.start() + taken);
    input.consume(taken);
    long left = receiving.octets() - taken;
    if (content.isHopeless()) {
      session.close(Replies.MESSAGE_TOO_LARGE);
    } else if (left > 0) {
      phase = new Phase.ReceivingChunk(receiving.reception(), left, receiving.chunk());
    } else if (receiving.chunk() == Chunk.MORE) {
      phase = Phase.COMMANDS;
      session.say(Replies.CHUNK_OK);
    } else {
      content.endOfChunks();
      chunked = null;
      decide(receiving.reception());
    }
    return !session.isClosed();
  }

  private enum Framing {
    DOTS,
    CHUNKS
  }

  private Reception reception(InTransaction transaction, Framing framing) {
    Provenance provenance =
        session
            .provenance()
            .greeted(
                transaction.greeted().helo(),
                TransmissionType.of(session.connection(), transaction));
    Runnable onDrained = () -> session.onLoop(session::process);
    ContentReceiver content =
        switch (framing) {
          case DOTS -> services.submission().open(transaction, provenance, onDrained);
          case CHUNKS -> services.submission().openChunked(transaction, provenance, onDrained);
        };
    return new Reception(session, this, services, transaction, provenance, content);
  }

  private void decide(Reception reception) {
    state = SessionMachine.withoutTransaction(state);
    phase = new Phase.Deciding(reception);
    reception.decide();
  }

  /// A message has its reply. Where the client has gone nobody hears it, and a message that is
  /// queued stays ours (RFC 5321 §4.2.5).
  void decided(Reply reply) {
    room.giveAll();
    if (!session.isClosed()) {
      phase = Phase.COMMANDS;
      session.say(reply);
      session.process();
    }
  }

  private void become(SessionState next) {
    state = next;
    if (!(next instanceof Chunking)) {
      abandonChunks();
      if (!(next instanceof InTransaction open) || open.recipients().isEmpty()) {
        room.giveAll();
      }
    }
  }

  private void abandonChunks() {
    if (chunked != null) {
      chunked.abandon();
      chunked = null;
    }
  }

  /// Answers a command that the machine has judged alone; too many wrong ones end the session.
  private void answer(Reply reply) {
    session.say(reply);
    if (SessionBudget.isAboutTheMail(reply)) {
      countRefusal(reply);
    } else if (reply.code().isPermanent()) {
      services.meters().protocolError();
      budget
          .wrong(reply)
          .ifPresent(end -> {
            session.note(TrafficClass.of(Reason.PROTOCOL_ERRORS));
            session.close(end);
          });
    }
  }
}

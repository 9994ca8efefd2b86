package io.gatepost.edge.dialogue;

import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.auth.Exchange;
import io.gatepost.edge.policy.Stage;
import io.gatepost.edge.policy.Verdict;
import io.gatepost.edge.session.Mechanism;
import io.gatepost.edge.session.SessionState;
import io.gatepost.edge.session.SessionState.Chunking;
import io.gatepost.edge.session.SessionState.InTransaction;
import io.gatepost.edge.session.Step;
import io.gatepost.smtp.command.Command;
import io.gatepost.smtp.command.CommandParser.Paths;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The dialogue of one session since its beginning, or since TLS or XCLIENT: commands to the
/// machine, questions to the policy, content to its receiver, and one reply for each, in order. For
/// the session's thread.
public final class SmtpDialogue {

  /// There is no room for one more connection in TLS.
  public static final Verdict.Refuse NO_TLS_ROOM =
      new Verdict.Refuse(Reason.CONNECTION_LIMIT, Replies.NO_ROOM_FOR_TLS);

  /// The longest verb that matters in a line that is too long, and what ends it.
  private static final int VERB_OCTETS = 10;

  private final Conversation conversation;
  private final DialogueServices services;
  private final DialogueState state;
  private final AbuseLimits limits;
  private final PolicyChecks checks;

  /// Refusals that are held back; null where none are.
  private final @Nullable HeldReplies held;

  /// Made with the first message, as most sessions have none.
  private @Nullable ContentDialogue content;

  /// A command that waits until those before it are answered.
  private @Nullable Command waiting;

  public SmtpDialogue(Conversation conversation, DialogueServices services) {
    this.conversation = conversation;
    this.services = services;
    this.state = new DialogueState(services.recipients().share());
    this.limits = new AbuseLimits(conversation, services.meters(), services.rules().budget());
    this.held = services.tarpit().isOn() ? new HeldReplies(conversation, services.tarpit()) : null;
    this.checks = new PolicyChecks(conversation, services, state, limits, held);
  }

  /// Does one thing; false when there is nothing to do until more comes in.
  public boolean advance() {
    return switch (state.phase()) {
      case Phase.Commands _ -> nextCommand();
      case Phase.SkippingLine _ -> skipLine();
      case Phase.SkippingChunk skipping -> content().skipChunk(skipping);
      case Phase.Authenticating(var exchange) -> nextResponse(exchange);
      case Phase.Receiving(var message) -> content().receive(message);
      case Phase.ReceivingChunk receiving -> content().receiveChunk(receiving);
      case Phase.Deciding _ -> false;
    };
  }

  /// Whether the client's octets can be taken.
  public boolean mayRead() {
    return state.phase().mayRead();
  }

  /// Whether the client waits for us.
  public boolean isBusy() {
    return checks.arePending() || state.phase().isBusy();
  }

  /// Whether nothing more happens before the client sends more. At the end of its octets an AUTH
  /// that is still being judged is of use only to commands that have come behind it.
  public boolean awaitsClient() {
    return mayRead()
        && (!isBusy()
            || (state.phase() instanceof Phase.Authenticating && conversation.input().size() == 0));
  }

  /// Whether a message has begun of which the end is missing.
  public boolean isWithinMessage() {
    return state.phase().isContent() || state.session() instanceof Chunking;
  }

  /// Whether a transaction has begun and has not ended, or the client waits for us.
  public boolean isUnderWay() {
    return isBusy()
        || switch (state.session()) {
          case InTransaction _, Chunking _, SessionState.ChunksRefused _ -> true;
          case SessionState.Connected _, SessionState.Greeted _ -> false;
        };
  }

  /// How long the client may take until its next octets.
  public Duration patience() {
    DialogueRules.Timeouts timeouts = services.rules().timeouts();
    return state.phase().isContent() ? timeouts.data() : timeouts.command();
  }

  /// The name that the client has given, empty before HELO.
  public String helo() {
    return state.helo();
  }

  /// The server stops, or the client sends no more: no reply is held back from now on.
  public void hurry() {
    if (held != null) {
      held.release();
    }
  }

  /// The server stops, and has waited for all the time that there was: an attempt to deliver a
  /// message at once is broken off, where no next hop can have it.
  public void breakOff() {
    if (state.phase() instanceof Phase.Deciding(var message)) {
      message.hurry();
    }
  }

  /// The client has gone, or is sent away.
  public void gone() {
    if (held != null) {
      held.forget();
    }
    checks.forget();
    state.end();
  }

  private boolean nextCommand() {
    LineInput input = conversation.input();
    Command command = waiting;
    if (command == null) {
      if (input.hasBareLineFeed()) {
        return bareLineFeed();
      }
      if (input.commandIsTooLong()) {
        return lineTooLong();
      }
      if (!input.hasLine()) {
        return false;
      }
      command = services.parser().parse(input.line(), paths());
      input.dropLine();
    }
    if (!checks.admit(command)) {
      waiting = command; // replies are in order (RFC 2920 §3.2)
      return false;
    }
    waiting = null;
    if (limits.admits(state.session(), command)) {
      follow(services.machine().on(conversation.client().connection(), state.session(), command));
    }
    return !conversation.isClosed();
  }

  /// A bare LF ends no line, here or at another server: a client that takes it for a line end and
  /// one that does not see different commands in what follows, so nothing of it is read (RFC 5321
  /// §2.3.8).
  private boolean bareLineFeed() {
    if (!checks.arePending()) {
      expel(Replies.BARE_LINE_END);
    }
    return false;
  }

  private boolean lineTooLong() {
    if (checks.arePending()) {
      return false;
    }
    state.enter(Phase.SKIPPING_LINE);
    Command command = services.parser().tooLong(conversation.input().beginning(VERB_OCTETS));
    follow(services.machine().on(conversation.client().connection(), state.session(), command));
    return !conversation.isClosed();
  }

  /// Clients of ours may write addresses as they like.
  private Paths paths() {
    return conversation.client().provenance().origin() == Origin.INTERNAL
        ? Paths.BARE
        : Paths.BRACKETED;
  }

  private boolean skipLine() {
    LineInput input = conversation.input();
    if (input.hasBareLineFeed()) {
      return bareLineFeed();
    }
    if (input.hasLine()) {
      input.dropLine();
      state.enter(Phase.COMMANDS);
      return true;
    }
    input.dropUnfinishedLine();
    return false;
  }

  private boolean nextResponse(AuthDialogue exchange) {
    LineInput input = conversation.input();
    if (exchange.isWaiting()) {
      return false;
    }
    if (input.hasBareLineFeed()) {
      return bareLineFeed();
    }
    if (input.lineIsTooLong(LineInput.MAX_AUTH_OCTETS)) {
      state.enter(Phase.SKIPPING_LINE);
      limits.answer(Replies.AUTH_LINE_TOO_LONG);
      return !conversation.isClosed();
    }
    if (!input.hasLine()) {
      return false;
    }
    String line = input.line();
    input.dropLine();
    exchange.answer(line);
    return !conversation.isClosed();
  }

  private void follow(Step step) {
    switch (step) {
      case Step.Answer answer -> checks.answerInTurn(answer);
      case Step.CheckHelo helo -> checks.checkHelo(helo);
      case Step.CheckSender sender -> checks.checkSender(sender);
      case Step.CheckRecipient recipient -> checks.checkRecipient(recipient);
      case Step.Receive(var transaction, var reply) -> content().begin(transaction, reply);
      case Step.ReceiveChunk receive -> content().beginChunk(receive);
      case Step.SkipChunk(var next, var octets, var reply) -> {
        state.become(next);
        content().skip(octets, reply);
      }
      case Step.StartTls(var reply) -> startTls(reply);
      case Step.Authenticate(var mechanism, var initial) -> authenticate(mechanism, initial);
      case Step.Adopt(var attributes) ->
          XclientAttributes.of(attributes)
              .ifPresentOrElse(conversation::adopt, () -> limits.answer(Replies.SYNTAX));
      case Step.Expel(var reply) -> expel(reply);
      case Step.Close(var reply) -> conversation.close(reply);
    }
  }

  /// Sends away a client that breaks the protocol in a way in which what follows cannot be told
  /// from commands of somebody else.
  private void expel(Reply reply) {
    conversation.journal().expelled(reply, state.helo());
    conversation.close(reply);
  }

  /// Octets that follow in the clear may be another's words, to be taken for the client's under TLS
  /// (RFC 3207 §5, CVE-2011-0411).
  private void startTls(Reply reply) {
    LineInput input = conversation.input();
    if (input.size() > 0) {
      input.consume(input.size());
      limits.answer(Replies.DATA_AFTER_STARTTLS);
    } else if (conversation.reserveTls()) {
      conversation.startTls(reply);
    } else {
      conversation.journal().refused(Stage.CONNECT, NO_TLS_ROOM, state.helo(), "", "");
      conversation.send(NO_TLS_ROOM.reply());
    }
  }

  private void authenticate(Mechanism mechanism, Optional<String> initial) {
    AuthDialogue exchange =
        new AuthDialogue(
            conversation,
            services.verification(),
            services.rules().timeouts().credentials(),
            Exchange.of(mechanism, conversation.client().provenance().peer(), Nonces::next),
            this::onAuthResult);
    state.enter(new Phase.Authenticating(exchange));
    exchange.begin(initial);
  }

  private void onAuthResult(AuthResult result) {
    switch (result) {
      case AuthResult.Challenged(var reply) -> conversation.send(reply);
      case AuthResult.Authenticated(var user) -> {
        conversation.client().identifiedAs(user);
        conversation.journal().authenticated(user);
        state.enter(Phase.COMMANDS);
        conversation.send(Replies.AUTHENTICATED);
      }
      case AuthResult.Abandoned(var reply) -> {
        state.enter(Phase.COMMANDS);
        limits.answer(reply);
      }
      case AuthResult.Refused(var user, var refusal) -> {
        conversation.journal().refused(Stage.AUTH, refusal, state.helo(), "", user);
        state.enter(Phase.COMMANDS);
        limits.answer(refusal.reply());
        if (!conversation.isClosed()) {
          limits.refused(refusal.reply());
        }
      }
    }
  }

  private ContentDialogue content() {
    if (content == null) {
      content = new ContentDialogue(conversation, services, state, limits, held);
    }
    return content;
  }
}

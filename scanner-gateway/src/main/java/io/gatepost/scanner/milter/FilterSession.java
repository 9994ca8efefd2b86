package io.gatepost.scanner.milter;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.scanner.body.Replacements;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.KeptSession;
import io.gatepost.scanner.socket.ScannerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/// One connection to a filter, for one message at a time. Another message of the same client
/// follows with MAIL. That of another client follows where the filter has answered the end of a
/// message with "continue": only then libmilter does as SMFIC_QUIT_NC asks; otherwise it drops the
/// next connection's CONNECT without an answer.
final class FilterSession implements KeptSession {

  /// How long a filter may take for its first answer about another client; longer, and it is taken
  /// for one that does not know SMFIC_QUIT_NC.
  private static final Duration FIRST_ANSWER = Duration.ofSeconds(5);

  private final ScannerSocket socket;
  private final Connection connection;
  private final Inbox inbox;
  private final Agreement agreement;
  private final Optional<Replacements> replacements;
  private volatile Standing standing = Standing.NEW;
  private volatile @Nullable ClientFacts client;
  private volatile boolean hasIgnoredOther;
  private final AtomicBoolean isWatched = new AtomicBoolean();

  /// Where the filter stands between messages.
  private enum Standing {
    /// It has been told of no client.
    NEW,
    /// It is in a message, or has judged one before its end.
    WITHIN,
    /// It has judged a message at its end.
    AT_END,
    /// It has said "continue" at the end of a message.
    AT_END_OPEN,
    /// It has judged the client.
    OVER
  }

  private FilterSession(
      ScannerSocket socket,
      Connection connection,
      Inbox inbox,
      Agreement agreement,
      Optional<Replacements> replacements) {
    this.socket = socket;
    this.connection = connection;
    this.inbox = inbox;
    this.agreement = agreement;
    this.replacements = replacements;
  }

  /// Connects, and comes to an agreement. Fails with [ScannerFailedException].
  ///
  /// @param replacements where other bodies are kept; none where the filter may give none
  static Mono<FilterSession> open(ScannerSocket socket, Optional<Replacements> replacements) {
    int actions = replacements.isPresent() ? Protocol.ACTIONS_WITH_BODY : Protocol.ACTIONS;
    return socket
        .connect()
        .flatMap(connection -> {
          Inbox inbox = new Inbox();
          AtomicBoolean isOpen = new AtomicBoolean();
          connection.inbound().receive().asByteArray().subscribe(inbox);
          return write(socket, connection, Agreement.offer(actions).wire())
              .then(inbox.next())
              .map(answer -> Agreement.of(answer, actions))
              .map(agreement ->
                  new FilterSession(socket, connection, inbox, agreement, replacements))
              .onErrorMap(ScannerFailedException.class, e -> atOffer(socket, e))
              .doOnNext(_ -> isOpen.set(true))
              .doFinally(_ -> {
                if (!isOpen.get()) {
                  connection.dispose();
                }
              });
        });
  }

  /// Has a message judged. Fails with [ScannerFailedException], or with whatever the content fails
  /// with.
  Mono<ScannerAnswer> judge(ScanJob job, String hostname) {
    return Mono.defer(() -> {
      inbox.beginCount();
      OwnFields own = new OwnFields();
      Dialogue dialogue = new Dialogue(job.envelope().recipients().size(), own);
      StepWriter writer = new StepWriter(agreement, job.envelope(), hostname);
      ContentSteps content = new ContentSteps(writer, job.ownOctets(), own);
      Optional<ReplacedBody> body = replacements.map(kept -> new ReplacedBody(kept, job, content));
      ClientFacts next = ClientFacts.of(job.envelope().provenance());
      boolean isOther = client != null && !next.equals(client);
      Flux<Step> steps =
          Flux.fromIterable(writer.beforeContent(next.equals(client)))
              .concatWith(content(job, content, dialogue));
      client = next;
      return (isOther
              ? write(socket, connection, Packet.of(Protocol.QUIT_NEW_CONNECTION).wire())
              : Mono.<Void>empty())
          .thenMany(steps.concatMap(step -> turn(dialogue, step, isOther, body), 0))
          .next()
          .map(answer -> withBody(answer, body))
          .doFinally(_ -> body.ifPresent(ReplacedBody::discard));
    });
  }

  /// Tells the filter that the message is over, where it has judged it before its end.
  Mono<Void> endMessage() {
    return Mono.defer(() -> {
      if (standing != Standing.WITHIN) {
        return Mono.empty();
      }
      standing = Standing.AT_END;
      return write(socket, connection, Packet.of(Protocol.ABORT).wire());
    });
  }

  /// Whether it has not answered about another client.
  boolean hasIgnoredOther() {
    return hasIgnoredOther;
  }

  /// Whether the filter has said anything since the message began.
  boolean isAnswered() {
    return inbox.hasAny();
  }

  /// Whether it may wait for another message.
  boolean isReusable() {
    return isSound() && standing != Standing.OVER;
  }

  /// Whether it can take a message of that client.
  ///
  /// @param others whether the filter is believed to know SMFIC_QUIT_NC
  boolean takes(ClientFacts next, boolean others) {
    return next.equals(client)
        || (others && standing == Standing.AT_END_OPEN && agreement.knowsOtherClients());
  }

  @Override
  public boolean isSound() {
    return connection.channel().isActive() && !inbox.isEnded() && !inbox.isUnclean();
  }

  @Override
  public void rest() {
    inbox.rest(connection::dispose);
  }

  @Override
  public void onEnd(Runnable task) {
    if (isWatched.compareAndSet(false, true)) {
      connection.onDispose().subscribe(_ -> {}, _ -> task.run(), task);
    }
  }

  @Override
  public void quit() {
    write(socket, connection, Packet.of(Protocol.QUIT).wire())
        .onErrorComplete() // it is gone already
        .doFinally(_ -> connection.dispose())
        .subscribe();
  }

  @Override
  public void dispose() {
    connection.dispose();
  }

  /// Steps of the content, read as fast as the filter takes them, and no further than it wants.
  private static Flux<Step> content(ScanJob job, ContentSteps steps, Dialogue dialogue) {
    return job.content()
        .octets()
        .map(piece -> steps.next(StoredContent.octets(piece)))
        .takeUntil(_ -> steps.isSated())
        .concatMapIterable(made -> made, 1)
        .takeWhile(step -> !(step.stage() == Stage.BODY && dialogue.isSkipped(Stage.BODY)))
        .concatWith(Flux.defer(() -> Flux.fromIterable(steps.end())));
  }

  /// A body counts only where nothing else is to happen to the message.
  private static ScannerAnswer withBody(ScannerAnswer answer, Optional<ReplacedBody> body) {
    return answer instanceof ScannerAnswer.Good good && body.isPresent() && body.get().isGiven()
        ? new ScannerAnswer.Replaced(good.words(), good.edits(), body.get().keep())
        : answer;
  }

  private Mono<ScannerAnswer> turn(
      Dialogue dialogue, Step step, boolean isOther, Optional<ReplacedBody> body) {
    if (dialogue.isSkipped(step.stage())) {
      return Mono.empty();
    }
    if (inbox.isUnclean()) {
      return Mono.error(
          new ScannerFailedException(
              Kind.GARBLED, socket.address() + ": answered what it was not asked"));
    }
    standing = Standing.WITHIN;
    Mono<Void> written = write(socket, connection, step.wire());
    return step.isAnswered()
        ? written.then(answer(dialogue, step, isOther, body))
        : written.then(Mono.<ScannerAnswer>empty());
  }

  /// The answer to a step, and whether that settles the matter.
  private Mono<ScannerAnswer> answer(
      Dialogue dialogue, Step step, boolean isOther, Optional<ReplacedBody> body) {
    boolean isProof = isOther && !inbox.hasAny() && step.stage() != Stage.END_OF_MESSAGE;
    return Mono.defer(() -> isProof ? firstAnswer() : inbox.next())
        .repeat()
        .concatMap(packet -> taken(dialogue, step, FilterReply.of(packet), body), 0)
        .filter(turn -> !(turn instanceof Dialogue.Turn.Wait))
        .next()
        .onErrorMap(ScannerFailedException.class, e -> at(step, e))
        .flatMap(turn ->
            turn instanceof Dialogue.Turn.Judged(var answer) ? Mono.just(answer) : Mono.empty());
  }

  /// The octets of a body are kept before the next answer is read.
  private Mono<Dialogue.Turn> taken(
      Dialogue dialogue, Step step, FilterReply reply, Optional<ReplacedBody> body) {
    if (!(reply instanceof FilterReply.ReplaceBody(var octets))) {
      return Mono.just(turn(dialogue, step, reply));
    }
    if (body.isEmpty()) {
      throw new ScannerFailedException(
          Kind.GARBLED, "asks for a change that it was not offered: 'b'");
    }
    Dialogue.Turn turn = turn(dialogue, step, reply);
    return body.get().add(octets).thenReturn(turn);
  }

  private Dialogue.Turn turn(Dialogue dialogue, Step step, FilterReply reply) {
    Dialogue.Turn turn = dialogue.on(step, reply);
    if (turn instanceof Dialogue.Turn.Judged) {
      standing =
          switch (step.stage()) {
            case CONNECT, HELO -> Standing.OVER;
            case END_OF_MESSAGE ->
                reply instanceof FilterReply.Continue ? Standing.AT_END_OPEN : Standing.AT_END;
            default -> Standing.WITHIN;
          };
    }
    return turn;
  }

  private Mono<Packet> firstAnswer() {
    return inbox
        .next()
        .timeout(FIRST_ANSWER)
        .onErrorMap(
            TimeoutException.class,
            e -> {
              hasIgnoredOther = true;
              return new ScannerFailedException(
                  Kind.UNREACHABLE, "does not answer about another client", e);
            });
  }

  private static Mono<Void> write(ScannerSocket socket, Connection connection, byte[] wire) {
    return connection
        .outbound()
        .sendByteArray(Mono.just(wire))
        .then()
        .onErrorMap(socket::unreachable);
  }

  private ScannerFailedException at(Step step, ScannerFailedException e) {
    return new ScannerFailedException(
        e.kind(), socket.address() + ": at " + step.stage() + ": " + e.getMessage(), e);
  }

  /// libmilter ends the connection where a filter of its wants what is not offered.
  private static ScannerFailedException atOffer(ScannerSocket socket, ScannerFailedException e) {
    String hint =
        e.kind() == Kind.UNREACHABLE
            ? " (changes of the header and quarantine are offered; does the filter want others?)"
            : "";
    return new ScannerFailedException(
        e.kind(), socket.address() + ": at the negotiation: " + e.getMessage() + hint, e);
  }
}

package io.gatepost.scanner.milter;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.gatepost.scanner.socket.ScannerSocket;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/// One connection to a filter, for one message at a time.
final class FilterSession {

  private static final Step OFFER =
      new Step(Stage.CONNECT, Agreement.offer().wire(), true, "negotiation");

  private final ScannerSocket socket;
  private final Connection connection;
  private final Inbox inbox;
  private final Agreement agreement;

  private FilterSession(
      ScannerSocket socket, Connection connection, Inbox inbox, Agreement agreement) {
    this.socket = socket;
    this.connection = connection;
    this.inbox = inbox;
    this.agreement = agreement;
  }

  /// Connects, and comes to an agreement. Fails with [ScannerFailedException].
  static Mono<FilterSession> open(ScannerSocket socket) {
    return socket
        .connect()
        .flatMap(connection -> {
          Inbox inbox = new Inbox();
          AtomicBoolean isOpen = new AtomicBoolean();
          connection.inbound().receive().asByteArray().subscribe(inbox);
          return write(socket, connection, OFFER.wire())
              .then(inbox.next())
              .map(Agreement::of)
              .map(agreement -> new FilterSession(socket, connection, inbox, agreement))
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
      return Flux.fromIterable(writer.beforeContent())
          .concatWith(content(job, new ContentSteps(writer, job.ownOctets(), own), dialogue))
          .concatMap(step -> turn(dialogue, step), 0)
          .next();
    });
  }

  /// Whether the filter has said anything since the message began.
  boolean isAnswered() {
    return inbox.hasAny();
  }

  /// Whether another message may be sent over it.
  boolean isReusable() {
    return agreement.isReusable() && isSound();
  }

  /// Whether the connection stands, and the filter has not said anything unasked.
  boolean isSound() {
    return connection.channel().isActive() && !inbox.isEnded() && !inbox.isUnclean();
  }

  /// Tells the filter that the message and its client are gone; another follows.
  Mono<Void> beginAnew() {
    byte[] abort = Packet.of(Protocol.ABORT).wire();
    byte[] other = Packet.of(Protocol.QUIT_NEW_CONNECTION).wire();
    byte[] both = new byte[abort.length + other.length];
    System.arraycopy(abort, 0, both, 0, abort.length);
    System.arraycopy(other, 0, both, abort.length, other.length);
    return write(socket, connection, both);
  }

  /// Runs when the connection has ended, on any thread.
  void onEnd(Runnable task) {
    connection.onDispose().subscribe(_ -> {}, _ -> task.run(), task);
  }

  /// Says goodbye, and closes.
  void quit() {
    write(socket, connection, Packet.of(Protocol.QUIT).wire())
        .onErrorComplete() // it is gone already
        .doFinally(_ -> connection.dispose())
        .subscribe();
  }

  /// Closes at once.
  void dispose() {
    connection.dispose();
  }

  /// Steps of the content, read as fast as the filter takes them, and no further than it wants.
  private static Flux<Step> content(ScanJob job, ContentSteps steps, Dialogue dialogue) {
    return job.content()
        .octets()
        .concatMapIterable(piece -> steps.next(StoredContent.octets(piece)), 1)
        .takeUntil(_ -> steps.isSated())
        .takeWhile(step -> !(step.stage() == Stage.BODY && dialogue.isSkipped(Stage.BODY)))
        .concatWith(Flux.defer(() -> Flux.fromIterable(steps.end())));
  }

  private Mono<ScannerAnswer> turn(Dialogue dialogue, Step step) {
    if (dialogue.isSkipped(step.stage())) {
      return Mono.empty();
    }
    if (inbox.isUnclean()) {
      return Mono.error(
          new ScannerFailedException(
              Kind.GARBLED, socket.address() + ": answered what it was not asked"));
    }
    Mono<Void> written = write(socket, connection, step.wire());
    return step.isAnswered()
        ? written.then(answer(dialogue, step))
        : written.then(Mono.<ScannerAnswer>empty());
  }

  /// The answer to a step, and whether that settles the matter.
  private Mono<ScannerAnswer> answer(Dialogue dialogue, Step step) {
    return Mono.defer(inbox::next)
        .repeat()
        .map(packet -> dialogue.on(step, FilterReply.of(packet)))
        .filter(turn -> !(turn instanceof Dialogue.Turn.Wait))
        .next()
        .onErrorMap(ScannerFailedException.class, e -> at(step, e))
        .flatMap(turn ->
            turn instanceof Dialogue.Turn.Judged(var answer) ? Mono.just(answer) : Mono.empty());
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

package io.gatepost.edge.listener;

import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.intake.Acceptance.Accepted;
import io.gatepost.edge.intake.ContentReceiver;
import io.gatepost.edge.intake.Judgement;
import io.gatepost.edge.policy.RecipientQuestion;
import io.gatepost.edge.policy.Verdict;
import io.gatepost.edge.session.SessionMachine;
import io.gatepost.edge.session.SessionState;
import io.gatepost.edge.session.SessionState.InTransaction;
import io.gatepost.edge.session.Step;
import io.gatepost.smtp.command.Command;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;

/// One client's connection: octets in, commands to the machine, replies out, always in order. Lives
/// on one event loop; answers that come on other threads are brought back to it.
final class SmtpSession extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(SmtpSession.class);
  private static final Disposable NOTHING_RUNNING = () -> {};

  /// Above this the client is not read from until its earlier commands are answered.
  private static final int MAX_WAITING_OCTETS = 64 * 1024;

  private static final int MAX_CONCURRENT_CHECKS = 100;

  private final SessionServices services;
  private final LineInput input = new LineInput();
  private final ArrayDeque<RecipientCheck> checks = new ArrayDeque<>(0);
  private ChannelHandlerContext channel;
  private Provenance provenance;
  private SessionState state = new SessionState.Connected();
  private Phase phase = new Phase.Commands();
  private boolean processing;
  private int errors;

  private sealed interface Phase {
    record Commands() implements Phase {}

    /// The rest of a line that is too long is being skipped.
    record SkippingLine() implements Phase {}

    record Receiving(InTransaction transaction, ContentReceiver content) implements Phase {}

    /// The final dot is there, its reply is not.
    ///
    /// @param cancellable what stops if the client goes away
    record Deciding(Disposable cancellable) implements Phase {}

    record Closed() implements Phase {}
  }

  private static final class RecipientCheck {
    private final Step.CheckRecipient step;
    private @Nullable Verdict verdict;

    RecipientCheck(Step.CheckRecipient step) {
      this.step = step;
    }
  }

  @SuppressWarnings(
      "NullAway.Init") // channel and provenance come with channelActive, before all else
  SmtpSession(SessionServices services) {
    this.services = services;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    channel = ctx;
    InetAddress peer = ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress();
    InetSocketAddress server = (InetSocketAddress) ctx.channel().localAddress();
    provenance =
        Provenance.connected(
            peer.getHostAddress(),
            server.getAddress().getHostAddress() + ":" + server.getPort(),
            services.originOf(peer));
    services.meters().sessionOpened();
    say(Replies.greeting(services.hostname()));
    ctx.flush();
    ctx.fireChannelActive();
    ctx.read();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    switch (phase) {
      case Phase.Receiving receiving -> receiving.content().abandon();
      case Phase.Deciding deciding -> deciding.cancellable().dispose();
      case Phase.Commands _, Phase.SkippingLine _, Phase.Closed _ -> {}
    }
    phase = new Phase.Closed();
    services.meters().sessionClosed();
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    try {
      input.add(buffer);
    } finally {
      buffer.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    process();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent && !(phase instanceof Phase.Deciding) && checks.isEmpty()) {
      close(Replies.idleTooLong(services.hostname()));
      ctx.flush();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable error) {
    if (!(error instanceof IOException)) { // a client that resets its connection is no event
      log.error("peer={} session failed", provenance.peer(), error);
    }
    ctx.close();
  }

  /// Ends the session as soon as the client has its answer: the server is going down.
  void shutDown() {
    if (!(phase instanceof Phase.Deciding)) {
      close(Replies.shuttingDown(services.hostname()));
      channel.flush();
    }
  }

  private void process() {
    if (processing) {
      return; // called back from within: the loop below goes on
    }
    processing = true;
    try {
      while (advance()) {}
    } finally {
      processing = false;
    }
    channel.flush();
    if (!(phase instanceof Phase.Closed) && input.size() < MAX_WAITING_OCTETS && mayRead()) {
      channel.read();
    }
  }

  private boolean mayRead() {
    return !(phase instanceof Phase.Receiving(_, var content)) || content.mayReadOn();
  }

  /// Does one thing; false when there is nothing to do until more comes in.
  private boolean advance() {
    return switch (phase) {
      case Phase.Commands _ -> nextCommand();
      case Phase.SkippingLine _ -> skipLine();
      case Phase.Receiving receiving -> receive(receiving);
      case Phase.Deciding _, Phase.Closed _ -> false;
    };
  }

  private boolean nextCommand() {
    Optional<String> line = input.peekLine();
    if (line.isEmpty() || line.get().length() > LineInput.MAX_LINE_OCTETS) {
      if (!checks.isEmpty() || line.isEmpty() && !input.lineIsTooLong()) {
        return false;
      }
      answer(Replies.LINE_TOO_LONG);
      phase = phase instanceof Phase.Closed ? phase : new Phase.SkippingLine();
      return true;
    }
    Command command = services.parser().parse(line.get());
    // Replies are in order (RFC 2920 §3.2): only RCPTs are checked beside one another.
    if (!checks.isEmpty()
        && (!(command instanceof Command.Rcpt) || checks.size() >= MAX_CONCURRENT_CHECKS)) {
      return false;
    }
    input.dropLine();
    follow(services.machine().on(state, command));
    return true;
  }

  private boolean skipLine() {
    if (input.peekLine().isPresent()) {
      input.dropLine();
      phase = new Phase.Commands();
      return true;
    }
    input.consume(input.size());
    return false;
  }

  private void follow(Step step) {
    switch (step) {
      case Step.Answer(var next, var reply) -> {
        state = next;
        answer(reply);
      }
      case Step.CheckRecipient check -> check(check);
      case Step.Receive(var transaction, var reply) -> {
        SessionState.Greeted greeted = transaction.greeted();
        provenance = provenance.greeted(greeted.helo(), greeted.protocol());
        phase =
            new Phase.Receiving(
                transaction,
                services.submission().open(transaction, provenance, () -> onLoop(this::process)));
        say(reply);
      }
      case Step.Close(var reply) -> close(reply);
    }
  }

  private void check(Step.CheckRecipient step) {
    RecipientCheck check = new RecipientCheck(step);
    InTransaction transaction = step.transaction();
    int earlier = transaction.recipients().size() + checks.size();
    checks.add(check);
    services
        .policy()
        .atRcpt(new RecipientQuestion(provenance, transaction.sender(), step.recipient(), earlier))
        .subscribe(
            verdict ->
                onLoop(() -> {
                  check.verdict = verdict;
                  answerChecks();
                  process();
                }),
            error -> onLoop(() -> exceptionCaught(channel, error)));
  }

  private void answerChecks() {
    for (RecipientCheck head = checks.peek();
        head != null && head.verdict != null;
        head = checks.peek()) {
      checks.remove();
      switch (head.verdict) {
        case Verdict.Pass _ -> {
          if (state instanceof InTransaction open) {
            state = open.plus(head.step.recipient());
          }
          services.meters().recipientAccepted();
          say(Replies.RECIPIENT_OK);
        }
        case Verdict.Refuse(var reason, var reply) -> {
          services.meters().recipientRefused(reason);
          log.info(
              "refused stage=rcpt reason={} peer={} from=<{}> to=<{}> reply=\"{}\"",
              reason.label(),
              provenance.peer(),
              head.step.transaction().sender(),
              head.step.recipient(),
              reply);
          say(reply);
        }
      }
    }
  }

  private boolean receive(Phase.Receiving receiving) {
    ContentReceiver content = receiving.content();
    if (input.size() == 0 || !content.mayReadOn()) {
      return false;
    }
    input.consume(content.take(input.octets(), input.start(), input.end()));
    if (content.isComplete()) {
      decide(receiving.transaction(), content);
    } else if (content.isHopeless()) {
      content.abandon();
      phase = new Phase.Commands();
      close(Replies.MESSAGE_TOO_LARGE);
    }
    return true;
  }

  private void decide(InTransaction transaction, ContentReceiver content) {
    long started = System.nanoTime();
    state = SessionMachine.withoutTransaction(state);
    Disposable.Swap running = reactor.core.Disposables.swap();
    phase = new Phase.Deciding(running);
    running.update(
        services
            .acceptance()
            .judge(content.id(), content.finish())
            .subscribe(
                judgement -> onLoop(() -> judged(transaction, content, judgement, started)),
                error -> onLoop(() -> exceptionCaught(channel, error))));
  }

  private void judged(
      InTransaction transaction, ContentReceiver content, Judgement judgement, long started) {
    switch (judgement) {
      case Judgement.Refused(var verdict) -> {
        refused(transaction, content, verdict);
        decided(verdict.reply());
      }
      case Judgement.Clean clean -> {
        phase = new Phase.Deciding(NOTHING_RUNNING); // from here on the message may be ours
        services
            .acceptance()
            .enqueue(
                services
                    .submission()
                    .envelope(content.id(), transaction, provenance, clean.content()),
                clean.inline())
            .subscribe(
                accepted -> onLoop(() -> enqueued(transaction, content, clean, accepted, started)),
                error -> onLoop(() -> exceptionCaught(channel, error)));
      }
    }
  }

  private void enqueued(
      InTransaction transaction,
      ContentReceiver content,
      Judgement.Clean clean,
      Accepted accepted,
      long started) {
    switch (accepted) {
      case Accepted.Queued(var enqueued) -> {
        services.meters().messageAccepted(System.nanoTime() - started);
        log.info(
            "qid={} accepted peer={} from=<{}> recipients={} octets={} durability={}",
            content.id(),
            provenance.peer(),
            transaction.sender(),
            transaction.recipients().size(),
            clean.content().octets(),
            enqueued.durability());
        decided(Replies.queued(content.id().text()));
      }
      case Accepted.NotQueued(var verdict) -> {
        refused(transaction, content, verdict);
        decided(verdict.reply());
      }
    }
  }

  private void refused(InTransaction transaction, ContentReceiver content, Verdict.Refuse verdict) {
    services.meters().messageRefused(verdict.reason());
    log.info(
        "qid={} refused stage=data reason={} peer={} from=<{}> recipients={} reply=\"{}\"",
        content.id(),
        verdict.reason().label(),
        provenance.peer(),
        transaction.sender(),
        transaction.recipients().size(),
        verdict.reply());
  }

  private void decided(Reply reply) {
    if (phase instanceof Phase.Closed) {
      return; // the client has gone; a message that is queued stays ours (RFC 5321 §4.2.5)
    }
    phase = new Phase.Commands();
    say(reply);
    process();
  }

  /// Answers a command that the machine has judged alone; too many wrong ones end the session.
  private void answer(Reply reply) {
    if (reply.code().isPermanent()) {
      services.meters().protocolError();
      if (++errors > services.maxErrors()) {
        say(reply);
        close(Replies.TOO_MANY_ERRORS);
        return;
      }
    }
    say(reply);
  }

  private void say(Reply reply) {
    channel.write(Unpooled.wrappedBuffer(reply.wire()), channel.voidPromise());
  }

  private void close(Reply reply) {
    if (phase instanceof Phase.Receiving(_, var content)) {
      content.abandon();
    }
    phase = new Phase.Closed();
    channel
        .writeAndFlush(Unpooled.wrappedBuffer(reply.wire()))
        .addListener(ChannelFutureListener.CLOSE);
  }

  private void onLoop(Runnable action) {
    if (channel.executor().inEventLoop()) {
      action.run();
    } else {
      channel.executor().execute(action);
    }
  }
}

package io.gatepost.edge.listener;

import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.event.TrafficClass;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.Known;
import io.gatepost.edge.policy.Stage;
import io.gatepost.edge.policy.Verdict;
import io.gatepost.edge.policy.Visitor;
import io.gatepost.edge.session.Connection;
import io.gatepost.edge.session.Connection.Encryption;
import io.gatepost.edge.session.Connection.Proxy;
import io.gatepost.edge.session.Identity;
import io.gatepost.edge.session.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// One client's connection: who it is, TLS, time-outs, octets in and replies out. What is said is
/// the [SmtpDialogue]'s. Lives on one event loop; answers that come on other threads are brought
/// back to it.
final class SmtpSession extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(SmtpSession.class);

  /// Above this the client is not read from until its earlier commands are answered.
  private static final int MAX_WAITING_OCTETS = 16 * 1024;

  /// For a PROXY header, a TLS handshake, and for a client to take the last reply.
  private static final int SHORT_SECONDS = 30;

  private final SessionServices services;
  private final TimerWheel wheel;
  private final TimerWheel.Timer timer = new TimerWheel.Timer(this::timeOut);
  private final LineInput input = new LineInput();
  private ChannelHandlerContext channel;
  private Connection connection;
  private Provenance provenance;
  private Standing standing = Standing.ADMITTING;
  private TrafficClass traffic = TrafficClass.EMPTY;
  private @Nullable Visitor visitor;
  private @Nullable SmtpDialogue dialogue;
  private long octets;
  private int endsAt;
  private boolean processing;
  private boolean shuttingDown;

  /// How far the connection has come.
  private enum Standing {
    /// The octets before the greeting are the proxy's.
    PROXY_HEADER,
    /// Whether the client may connect is being found out.
    ADMITTING,
    /// Nothing may come yet: the greeting is held back, to see who speaks first.
    PAUSING,
    /// TLS is being started.
    HANDSHAKING,
    /// The dialogue has begun.
    TALKING,
    /// The last reply is said.
    CLOSED
  }

  @SuppressWarnings("NullAway.Init") // channel and provenance come with channelActive, before all
  SmtpSession(SessionServices services, Role role, TimerWheel wheel) {
    this.services = services;
    this.wheel = wheel;
    this.connection =
        new Connection(
            role, Encryption.NONE, Identity.ANONYMOUS, Proxy.NOT_TRUSTED, Origin.EXTERNAL);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    channel = ctx;
    SessionRules.Peers peers = services.rules().peers();
    InetAddress peer = ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress();
    provenance =
        Provenance.connected(
            peer.getHostAddress(),
            text((InetSocketAddress) ctx.channel().localAddress()),
            originOf(peer));
    comesFrom(peer);
    services.meters().sessionOpened();
    endsAt = wheel.now() + seconds(services.rules().timeouts().session());
    if (peers.proxy().contains(peer)) {
      standing = Standing.PROXY_HEADER;
    } else {
      admit(peer);
    }
    process();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    standing = Standing.CLOSED;
    wheel.remove(timer);
    if (dialogue != null) {
      dialogue.gone();
    }
    leave();
    services.meters().sessionEnded(traffic, octets);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    try {
      octets += buffer.readableBytes();
      if (standing != Standing.CLOSED) {
        input.add(buffer);
      }
    } finally {
      buffer.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    process();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    process(); // a client that takes its replies is read from again
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        secured();
        process();
      } else {
        refused(Stage.CONNECT, new Verdict.Refuse(Reason.TLS_FAILED, Replies.BAD_SEQUENCE), "", "");
        standing = Standing.CLOSED;
        ctx.close();
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable error) {
    // A client that resets its connection, or speaks no TLS, is no event.
    if (!(error instanceof IOException
        || error.getCause() instanceof SSLException
        || standing == Standing.CLOSED)) {
      log.error("peer={} session failed", provenance.peer(), error);
    }
    ctx.close();
  }

  /// An answer that should never fail has failed.
  void failed(Throwable error) {
    onLoop(() -> exceptionCaught(channel, error));
  }

  /// Ends the session as soon as the client has its answer: the server is going down.
  void shutDown() {
    shuttingDown = true;
    process();
  }

  /// At a shutdown nothing more is begun: what the client has sent on is not answered.
  private boolean isOver() {
    if (shuttingDown && (dialogue == null || !dialogue.isBusy())) {
      close(Replies.shuttingDown(services.hostname()));
    }
    return standing == Standing.CLOSED;
  }

  LineInput input() {
    return input;
  }

  Connection connection() {
    return connection;
  }

  Provenance provenance() {
    return provenance;
  }

  boolean isClosed() {
    return standing == Standing.CLOSED;
  }

  /// Does all that can be done with what is there.
  void process() {
    if (processing) {
      return; // called back from within: the loop below goes on
    }
    processing = true;
    try {
      // What a client does not read is not answered on: its replies would take our memory.
      while (!isOver() && channel.channel().isWritable() && advance()) {}
    } finally {
      processing = false;
    }
    channel.flush();
    if (standing != Standing.CLOSED) {
      wheel.set(timer, Math.min(wheel.now() + seconds(patience()), endsAt));
      if (mayRead()) {
        channel.read();
      }
    }
  }

  private boolean mayRead() {
    return input.size() < MAX_WAITING_OCTETS
        && channel.channel().isWritable()
        && (dialogue == null || dialogue.mayRead());
  }

  /// Does one thing; false when there is nothing to do until more comes in.
  private boolean advance() {
    return switch (standing) {
      case PROXY_HEADER -> proxyHeader();
      case PAUSING -> earlyTalker();
      case TALKING -> Objects.requireNonNull(dialogue).advance();
      case ADMITTING, HANDSHAKING, CLOSED -> false;
    };
  }

  private boolean proxyHeader() {
    switch (ProxyHeader.read(input.octets(), input.start(), input.end())) {
      case ProxyHeader.Result.Incomplete _ -> {
        return false;
      }
      case ProxyHeader.Result.Bad _ -> {
        refused(
            Stage.CONNECT,
            new Verdict.Refuse(Reason.BAD_PROXY_HEADER, Replies.BAD_SEQUENCE),
            "",
            "");
        close(Replies.BAD_SEQUENCE);
      }
      case ProxyHeader.Result.Local(var length) -> {
        input.consume(length);
        admit(((InetSocketAddress) channel.channel().remoteAddress()).getAddress());
      }
      case ProxyHeader.Result.Client(var client, var server, var length) -> {
        input.consume(length);
        InetAddress address = client.getAddress();
        provenance =
            provenance.onBehalfOf(address.getHostAddress(), text(server), originOf(address));
        comesFrom(address); // what the proxy itself may do, its clients may not
        admit(address);
      }
    }
    return true;
  }

  /// RFC 5321 §4.3.1: a client waits for the greeting (requirement B1).
  private boolean earlyTalker() {
    if (input.size() > 0) {
      refused(Stage.CONNECT, new Verdict.Refuse(Reason.EARLY_TALKER, Replies.EARLY_TALKER), "", "");
      close(Replies.EARLY_TALKER);
    }
    return false;
  }

  private void admit(InetAddress address) {
    Visitor arrived = new Visitor(address, provenance.origin());
    visitor = arrived;
    standing = Standing.ADMITTING;
    Mono<Verdict> verdict = services.policy().atConnect(arrived);
    Verdict known = Known.value(verdict);
    if (known != null) {
      admitted(known);
      return;
    }
    verdict.subscribe(
        said ->
            onLoop(() -> {
              admitted(said);
              process();
            }),
        this::failed);
  }

  private void admitted(Verdict verdict) {
    if (standing == Standing.CLOSED) {
      return;
    }
    switch (verdict) {
      case Verdict.Refuse refuse -> {
        refused(Stage.CONNECT, refuse, "", "");
        close(refuse.reply());
      }
      case Verdict.Pass _ -> welcome();
    }
  }

  private void welcome() {
    Duration pause = services.rules().timeouts().greetPause();
    if (connection.role() == Role.SUBMISSIONS && connection.encryption() == Encryption.NONE) {
      startTls();
    } else if (dialogue == null
        && connection.role() == Role.MX
        && provenance.origin() == Origin.EXTERNAL
        && !pause.isZero()) {
      standing = Standing.PAUSING;
      channel.executor().schedule(this::pauseEnded, pause.toMillis(), TimeUnit.MILLISECONDS);
    } else {
      greet();
    }
  }

  private void pauseEnded() {
    if (standing == Standing.PAUSING) {
      greet();
      process();
    }
  }

  private void greet() {
    standing = Standing.TALKING;
    dialogue = new SmtpDialogue(this, services);
    say(services.greeting());
  }

  /// Answers STARTTLS and starts TLS.
  void startTls(Reply reply) {
    say(reply);
    channel.flush();
    startTls();
  }

  private void startTls() {
    standing = Standing.HANDSHAKING;
    channel.pipeline().addFirst(services.tls().orElseThrow().handler());
    if (input.size() > 0) {
      // Only behind a PROXY header: the beginning of the client's TLS came with it.
      ByteBuf rest = Unpooled.copiedBuffer(input.octets(), input.start(), input.size());
      input.consume(input.size());
      channel.pipeline().fireChannelRead(rest).fireChannelReadComplete();
    }
  }

  /// TLS is on: all that was said before is forgotten (RFC 3207 §4.2).
  private void secured() {
    SSLSession tls = channel.pipeline().get(SslHandler.class).engine().getSession();
    provenance = provenance.encrypted(tls.getProtocol() + " " + tls.getCipherSuite());
    Optional<String> relay = services.tls().orElseThrow().relay(tls);
    connection = connection.encrypted();
    relay.ifPresent(subject -> {
      connection = connection.identified(new Identity.Relay(subject));
      provenance = provenance.identified(subject);
    });
    if (dialogue == null) {
      greet();
    } else {
      standing = Standing.TALKING;
      dialogue = new SmtpDialogue(this, services);
    }
  }

  /// The client has proved who it is.
  void identify(String user) {
    connection = connection.identified(new Identity.User(user));
    provenance = provenance.identified(user);
    log.info("authenticated user={} peer={}", user, provenance.peer());
  }

  /// A trusted proxy says for whom it speaks; the session begins anew. What follows may be that
  /// client's own words, so only one that is trusted itself may say more.
  void adopt(XclientAttributes client) {
    leave();
    provenance = client.applyTo(provenance, originOf(client.address()));
    connection =
        connection.onBehalfOf(client.identity(), trustIn(client.address()), provenance.origin());
    admit(client.address());
  }

  private void comesFrom(InetAddress address) {
    connection = connection.onBehalfOf(Identity.ANONYMOUS, trustIn(address), originOf(address));
  }

  private void leave() {
    if (visitor != null) {
      services.policy().left(visitor);
      visitor = null;
    }
  }

  private Duration patience() {
    return dialogue == null || standing != Standing.TALKING
        ? Duration.ofSeconds(SHORT_SECONDS).plus(services.rules().timeouts().greetPause())
        : dialogue.patience();
  }

  private void timeOut() {
    if (standing == Standing.CLOSED || standing == Standing.HANDSHAKING) {
      channel.close();
    } else if (dialogue != null && dialogue.isBusy()) {
      wheel.set(timer, wheel.now() + SHORT_SECONDS); // it is we who take so long
    } else {
      String hostname = services.hostname();
      close(
          wheel.now() >= endsAt ? Replies.sessionTooLong(hostname) : Replies.idleTooLong(hostname));
    }
  }

  /// Adds to what the session turns out to be.
  void note(TrafficClass seen) {
    traffic = traffic.or(seen);
  }

  /// Something was refused: the same reason goes into log, metric and traffic class.
  ///
  /// @param from the sender, empty before MAIL
  /// @param to the recipient, or the user at AUTH, else empty
  void refused(Stage stage, Verdict.Refuse verdict, Object from, Object to) {
    services.meters().refused(stage, verdict.reason());
    note(TrafficClass.of(verdict.reason()));
    log.info(
        "refused stage={} reason={} peer={} helo={} from=<{}> to=<{}> reply=\"{}\"",
        stage.label(),
        verdict.reason().label(),
        provenance.peer(),
        dialogue == null ? "" : dialogue.helo(),
        from,
        to,
        verdict.reply());
  }

  void say(Reply reply) {
    channel.write(Unpooled.wrappedBuffer(reply.wire()), channel.voidPromise());
  }

  /// Says the last reply, and closes.
  void close(Reply reply) {
    if (standing == Standing.CLOSED) {
      return;
    }
    boolean beforeTls =
        standing == Standing.HANDSHAKING
            || (connection.role() == Role.SUBMISSIONS
                && connection.encryption() == Encryption.NONE);
    standing = Standing.CLOSED;
    if (dialogue != null) {
      dialogue.gone();
    }
    if (beforeTls) {
      channel.close();
      return;
    }
    wheel.set(timer, wheel.now() + SHORT_SECONDS);
    channel
        .writeAndFlush(Unpooled.wrappedBuffer(reply.wire()))
        .addListener(ChannelFutureListener.CLOSE);
  }

  void onLoop(Runnable action) {
    if (channel.executor().inEventLoop()) {
      action.run();
    } else {
      channel.executor().execute(action);
    }
  }

  private Proxy trustIn(InetAddress address) {
    return services.rules().peers().xclient().contains(address) ? Proxy.TRUSTED : Proxy.NOT_TRUSTED;
  }

  private Origin originOf(InetAddress address) {
    return services.rules().peers().relay().contains(address) ? Origin.INTERNAL : Origin.EXTERNAL;
  }

  private static int seconds(Duration duration) {
    return (int) Math.min(duration.plusMillis(999).toSeconds(), Integer.MAX_VALUE / 2);
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}

package io.gatepost.edge.listener;

import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.Known;
import io.gatepost.edge.dialogue.Client;
import io.gatepost.edge.dialogue.Conversation;
import io.gatepost.edge.dialogue.LineInput;
import io.gatepost.edge.inquiry.ClientInquiries;
import io.gatepost.edge.inquiry.Inquiry;
import io.gatepost.edge.policy.CheckName;
import io.gatepost.edge.policy.ConnectingClient;
import io.gatepost.edge.policy.Decision;
import io.gatepost.edge.policy.Stage;
import io.gatepost.edge.policy.StandardPolicy;
import io.gatepost.edge.policy.Verdict;
import io.gatepost.edge.session.Role;
import io.netty.channel.ChannelHandlerContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// The part of a session before a dialogue: the PROXY header, the policy's checks at connect, and
/// the pause before the greeting. One for each client that the session has, forgotten when the
/// client is admitted.
final class Admission {

  private final SessionServices services;
  private final Conversation session;
  private final ChannelHandlerContext channel;
  private final Consumer<ConnectingClient> admitted;
  private @Nullable ConnectingClient connecting;
  private Progress progress = Progress.CHECKING;

  /// How far it has come.
  private enum Progress {
    /// The octets before the greeting are the proxy's.
    PROXY_HEADER,
    /// The policy has yet to say whether the client may connect.
    CHECKING,
    /// Nothing may come yet: the greeting is held back, to see who speaks first.
    PAUSING,
    /// The client has been admitted.
    DONE
  }

  /// @param admitted gets the client that may go on, which counts as connected
  Admission(
      SessionServices services,
      Conversation session,
      ChannelHandlerContext channel,
      Consumer<ConnectingClient> admitted) {
    this.services = services;
    this.session = session;
    this.channel = channel;
    this.admitted = admitted;
  }

  /// A connection has come.
  void begin() {
    InetAddress peer = peer();
    if (services.rules().networks().proxy().contains(peer)) {
      progress = Progress.PROXY_HEADER;
    } else {
      check(peer, false);
    }
  }

  /// A proxy has named another client with XCLIENT.
  void beginAgain(InetAddress address) {
    check(address, true);
  }

  /// Does one thing; false when there is nothing to do until more comes in.
  boolean advance() {
    return switch (progress) {
      case PROXY_HEADER -> proxyHeader();
      case PAUSING -> earlyTalker();
      case CHECKING, DONE -> false;
    };
  }

  /// Whether nothing more happens before the client sends more.
  boolean awaitsClient() {
    return switch (progress) {
      case PROXY_HEADER, PAUSING -> true;
      case CHECKING, DONE -> false;
    };
  }

  /// The client has gone before it was admitted.
  void leave() {
    if (connecting != null) {
      services.dialogue().policy().left(connecting);
      connecting = null;
    }
  }

  private boolean proxyHeader() {
    LineInput input = session.input();
    Client client = session.client();
    switch (ProxyHeader.read(input.octets(), input.start(), input.end())) {
      case ProxyHeader.Result.Incomplete _ -> {
        return false;
      }
      case ProxyHeader.Result.Bad _ ->
          refuse(new Verdict.Refuse(Reason.BAD_PROXY_HEADER, Replies.BAD_SEQUENCE));
      case ProxyHeader.Result.Local(var length) -> {
        input.consume(length);
        client.comesFromAnywhere();
        check(peer(), false);
      }
      case ProxyHeader.Result.Client(var from, var server, var length) -> {
        input.consume(length);
        client.comesFrom(from.getAddress(), text(server));
        check(from.getAddress(), false);
      }
    }
    return true;
  }

  /// RFC 5321 §4.3.1: a client waits for the greeting (requirement B1).
  private boolean earlyTalker() {
    if (session.input().size() > 0) {
      refuse(new Verdict.Refuse(Reason.EARLY_TALKER, Replies.EARLY_TALKER));
    }
    return false;
  }

  private void check(InetAddress address, boolean again) {
    Client client = session.client();
    StandardPolicy policy = services.dialogue().policy();
    ConnectingClient arrived =
        policy.arriving(address, client.provenance().origin(), client.clientClass());
    connecting = arrived;
    progress = Progress.CHECKING;
    Mono<Decision> decision = policy.atConnect(arrived);
    Decision known = Known.value(decision);
    if (known != null) {
      judged(arrived, known, again);
      return;
    }
    decision.subscribe(
        decided ->
            session.runInSession(() -> {
              judged(arrived, decided, again);
              session.resume();
            }),
        session::failed);
  }

  private void judged(ConnectingClient arrived, Decision decision, boolean again) {
    if (session.isClosed()) {
      return;
    }
    if (!decision.notes().isEmpty()) {
      session.journal().noted(Stage.CONNECT, decision.notes(), "", "", "");
    }
    switch (decision) {
      case Decision.Refused(_, var refusal, _) -> {
        connecting = null; // it does not count
        refuse(refusal);
      }
      case Decision.Passed(var notes) -> {
        session.client().admitted(notes);
        session.client().inquire(inquiry(arrived));
        Duration pause = services.rules().greetPause();
        if (again
            || pause.isZero()
            || session.client().connection().role() != Role.MX
            || arrived.origin() != Origin.EXTERNAL) {
          admit(arrived);
        } else {
          progress = Progress.PAUSING;
          channel
              .executor()
              .schedule(() -> pauseEnded(arrived), pause.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    }
  }

  private Inquiry inquiry(ConnectingClient arrived) {
    ClientInquiries inquiries = services.inquiries();
    return arrived.exempt().contains(CheckName.DNS_LISTS)
        ? inquiries.aboutNameOf(arrived.address())
        : inquiries.about(arrived.address(), arrived.clientClass());
  }

  private void pauseEnded(ConnectingClient arrived) {
    if (progress == Progress.PAUSING && !session.isClosed()) {
      admit(arrived);
      session.resume();
    }
  }

  private void admit(ConnectingClient arrived) {
    progress = Progress.DONE;
    connecting = null; // the session's from now on
    admitted.accept(arrived);
  }

  private void refuse(Verdict.Refuse verdict) {
    session.journal().refused(Stage.CONNECT, verdict, "", "", "");
    session.close(verdict.reply());
  }

  private InetAddress peer() {
    return ((InetSocketAddress) channel.channel().remoteAddress()).getAddress();
  }

  /// An address and port, as messages show it.
  static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}

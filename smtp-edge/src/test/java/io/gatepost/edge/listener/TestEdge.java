package io.gatepost.edge.listener;

import io.gatepost.contract.process.LogLines;
import io.gatepost.contract.reply.Replies;
import io.gatepost.edge.dialogue.DialogueServices;
import io.gatepost.edge.dialogue.TestServices;
import io.gatepost.edge.policy.Networks;
import io.gatepost.edge.session.Mechanism;
import io.gatepost.edge.session.Offers;
import io.gatepost.edge.session.Role;
import io.gatepost.edge.session.SharedQuota;
import io.gatepost.edge.tls.TlsContexts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/// An edge on free ports, with a queue in memory and services that say what a test wants.
final class TestEdge extends TestServices implements AutoCloseable {

  // Settings that a test may change before it starts the edge.
  List<String> proxyFrom = List.of();
  Duration greetPause = Duration.ZERO;
  Duration sessionTimeout = Duration.ofHours(1);
  Duration drain = Duration.ZERO;
  InputMemory inputMemory = new InputMemory(1 << 20);
  SharedQuota tlsQuota = new SharedQuota(100);
  Optional<TlsContexts> tls = Optional.empty();
  List<Role> roles = List.of(Role.MX);

  private SmtpListener listener;

  TestEdge start() {
    List<ListenAddress> addresses = new ArrayList<>();
    for (Role role : roles) {
      addresses.add(
          new ListenAddress(
              role, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "key"));
    }
    listener = new SmtpListener(addresses, services(), drain);
    listener.start();
    return this;
  }

  /// The services of the edge's sessions.
  SessionServices services() {
    if (tls.isPresent()) {
      offers = new Offers(Offers.Tls.STARTTLS, EnumSet.allOf(Mechanism.class));
    }
    DialogueServices dialogue = dialogueServices();
    return new SessionServices(
        new SessionRules(
            HOSTNAME,
            greetPause,
            sessionTimeout,
            networks(Networks.parse("key", proxyFrom)),
            dialogue.rules()),
        Replies.greeting(HOSTNAME),
        new SharedResources(recipientMemory, inputMemory, tlsQuota),
        dialogue,
        inquiries,
        new LoggedReplies(LogLines.DIRECT),
        tls);
  }

  int port() {
    return listener.address().getPort();
  }

  /// The port of the listener of a role.
  int port(Role role) {
    return listener.addresses().get(roles.indexOf(role)).getPort();
  }

  @Override
  public void close() {
    listener.stop();
  }
}

package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeRequest;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.delivery.transport.smtp.FakeHost.Script;
import io.gatepost.gate.Gate;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Probes, and the hosts that are asked.
abstract class ProbeFixture extends TransportFixture {

  static final Duration TIMEOUT = Duration.ofSeconds(10);

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Gate gate = Probes.gate();

  Probes probes(SmtpTransport transport) {
    return probes(transport, TIMEOUT);
  }

  Probes probes(SmtpTransport transport, Duration timeout) {
    Probes probes = new Probes(transport, gate, timeout, meters);
    open.add(probes);
    return probes;
  }

  double counted(String answer) {
    return meters.get("gatepost.delivery.probes").tag("answer", answer).counter().count();
  }

  /// A host that knows some users.
  static Script knowing(String... users) {
    return new Script() {
      @Override
      String reply(int connection, String command) {
        boolean isUnknown =
            command.startsWith("RCPT")
                && Stream.of(users).noneMatch(user -> command.contains("<" + user + "@"));
        return isUnknown ? "550 5.1.1 no such user" : super.reply(connection, command);
      }
    };
  }

  static Script greeting(String greeting) {
    return new Script() {
      @Override
      String greeting(int connection) {
        return greeting;
      }
    };
  }

  static ProbeRequest request(String user, NextHop... hops) {
    return request("", user, hops);
  }

  static ProbeRequest request(String sender, String user, NextHop... hops) {
    return new ProbeRequest(
        new Destination.Smtp("smtp:test", List.of(hops)),
        ReversePath.of(sender),
        ForwardPath.of(user + "@dest.example"));
  }

  static CompletableFuture<ProbeAnswer> start(
      Probes probes, String sender, String user, NextHop... hops) {
    return probes.ask(request(sender, user, hops)).toFuture();
  }

  static List<CompletableFuture<ProbeAnswer>> ask(Probes probes, int count, NextHop... hops) {
    return IntStream.range(0, count).mapToObj(i -> start(probes, "", "u" + i, hops)).toList();
  }

  static ProbeAnswer answer(Probes probes, String user, NextHop... hops) {
    return answer(start(probes, "", user, hops));
  }

  static ProbeAnswer answer(CompletableFuture<ProbeAnswer> asked) {
    return asked.orTimeout(20, TimeUnit.SECONDS).join();
  }

  static List<ProbeAnswer> answers(List<CompletableFuture<ProbeAnswer>> asked) {
    return asked.stream().map(ProbeFixture::answer).toList();
  }

  static boolean isAccepted(ProbeAnswer answer) {
    return answer instanceof ProbeAnswer.OfRecipient(var _, var reply)
        && reply.code().isCompletion();
  }

  static boolean isRefused(ProbeAnswer answer) {
    return answer instanceof ProbeAnswer.OfRecipient(var _, var reply)
        && reply.code().isPermanent();
  }
}

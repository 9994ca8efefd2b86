package io.gatepost.delivery.transport.smtp;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.contract.verification.HeardRecipient;
import io.gatepost.delivery.FakeQueue;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.transport.AttemptRoom;
import io.gatepost.delivery.transport.smtp.FakeHost.Script;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/// A transport, the hosts that it talks to, and the messages that it is given.
abstract class TransportFixture {

  final FakeQueue queue = new FakeQueue();
  final AttemptRoom room = new AttemptRoom(2_000);
  final List<HeardRecipient> heard = new CopyOnWriteArrayList<>();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  FakeHost host(Script script) {
    FakeHost host = FakeHost.start(script);
    open.add(host);
    return host;
  }

  static Script replying(String verb, String reply) {
    return new Script() {
      @Override
      String reply(int connection, String command) {
        return command.startsWith(verb) ? reply : super.reply(connection, command);
      }
    };
  }

  static Script offering(String... extensions) {
    return new Script() {
      @Override
      List<String> extensions() {
        return List.of(extensions);
      }
    };
  }

  SmtpTransport transport() {
    return transport(20);
  }

  SmtpTransport transport(int connections) {
    return transport(connections, 2_000);
  }

  SmtpTransport transport(int connections, int waiting) {
    return transport(
        connections,
        waiting,
        new SmtpTransport.ProbeSettings(50, 2_000, 5_000, Duration.ofSeconds(30)));
  }

  SmtpTransport transport(int connections, SmtpTransport.ProbeSettings probes) {
    return transport(connections, 2_000, probes);
  }

  private SmtpTransport transport(
      int connections, int waiting, SmtpTransport.ProbeSettings probes) {
    SmtpTransport transport =
        new SmtpTransport(
            new SmtpTransport.Peers("mta.example", SmartHost.plain(Optional.empty()), Map.of()),
            queue,
            new SmtpTransport.Settings(
                connections,
                waiting,
                100,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                probes),
            room,
            heard::add,
            registry);
    open.add(transport);
    return transport;
  }

  static EnvelopeRecord message(String address) {
    return Messages.to(recipient(address));
  }

  static List<RecipientOutcome> deliver(
      SmtpTransport transport, EnvelopeRecord message, FakeHost host) {
    return result(start(transport, message, host.hop()));
  }

  static CompletableFuture<List<RecipientOutcome>> start(
      SmtpTransport transport, EnvelopeRecord message, NextHop... hops) {
    CompletableFuture<List<RecipientOutcome>> outcomes = new CompletableFuture<>();
    List<RecipientOutcome> known = Collections.synchronizedList(new ArrayList<>());
    transport.deliver(
        message,
        message.envelope().recipients(),
        new Destination.Smtp("smtp:test", List.of(hops)),
        ended -> {
          known.addAll(ended);
          int missing = message.envelope().recipients().size() - known.size();
          if (missing < 0) {
            outcomes.obtrudeException(new AssertionError("answered twice"));
          } else if (missing == 0) {
            outcomes.complete(List.copyOf(known));
          }
        });
    return outcomes;
  }

  static List<RecipientOutcome> result(CompletableFuture<List<RecipientOutcome>> future) {
    return future.orTimeout(20, TimeUnit.SECONDS).join();
  }

  static void assertDeferred(List<RecipientOutcome> outcomes, Reason reason) {
    assertThat(outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            RecipientOutcome.Deferred.class,
            deferred -> assertThat(deferred.reason()).isEqualTo(reason));
  }

  static boolean isDelivered(RecipientOutcome outcome) {
    return outcome instanceof RecipientOutcome.Delivered;
  }
}

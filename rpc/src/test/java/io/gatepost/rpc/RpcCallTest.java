package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.queue.Carried;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.Enqueued;
import io.gatepost.contract.queue.Finding;
import io.gatepost.contract.queue.GroupMember;
import io.gatepost.contract.queue.Held;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/// Questions, answers and failures cross from process to process, and so do deadlines.
class RpcCallTest extends RpcFixture {

  @Test
  void questionAndAnswerCrossUnchanged() {
    RouteAnswer answer =
        new RouteAnswer.Resolved(
            List.of(
                new RouteAnswer.Leg(
                    ForwardPath.of("bob@dest.example"),
                    new Destination.Smtp(
                        "mx:dest.example",
                        Destination.NamedBy.DNS,
                        Optional.of(DomainName.of("dest.example")),
                        List.of(new Destination.NextHop("mx.dest.example", "2001:db8::1", 25))))),
            List.of(
                new RouteAnswer.DeadLeg(
                    ForwardPath.of("gone@dest.example"),
                    Reason.UNKNOWN_USER,
                    Reply.of(550, "5.1.1", "No such user"))),
            List.of(
                new RouteAnswer.UndecidedLeg(
                    ForwardPath.of("eve@slow.example"),
                    "dns",
                    Reason.DNS_UNAVAILABLE,
                    Reply.of(451, "4.4.3", "DNS does not answer"))));
    server.routing.answer.set(Mono.just(answer));
    RouteRequest request =
        new RouteRequest(
            REQUEST.sender(),
            REQUEST.recipient(),
            REQUEST.scope(),
            Optional.of(new RouteRequest.Skip.RewritingBefore("sql")));

    assertThat(routing(LONG).route(request).block(LONG)).isEqualTo(answer);
    assertThat(server.routing.asked.get()).isEqualTo(request);
  }

  @Test
  void aRefusalKeepsItsWords() {
    RouteAnswer refused =
        new RouteAnswer.Refused(
            Reason.REFUSED_BY_USER,
            Reply.of(550, "5.7.1", "no such \"place\""),
            RouteAnswer.Validity.MOMENTARY);
    server.routing.answer.set(Mono.just(refused));

    assertThat(routing(LONG).route(REQUEST).block(LONG)).isEqualTo(refused);
  }

  @Test
  void recordsCrossAsFrames() {
    EnvelopeRecord message = message();
    Conclusion conclusion =
        new Conclusion(
            ID,
            0,
            List.of(),
            Optional.of(
                new Conclusion.Retry(
                    new EnvelopeRecord(
                        message.envelope().deferred(message.envelope().recipients()),
                        message.content()),
                    Conclusion.Wait.LADDER,
                    Optional.empty())),
            List.of(),
            Optional.of(new GroupMember("member-1", Optional.empty(), 7)));

    AppendLimit limit = new AppendLimit(Instant.ofEpochMilli(1_900_000_000_123L));

    assertThat(queue(LONG).enqueue(message, limit).block(LONG))
        .isEqualTo(new Enqueued(message.envelope().id(), "flushed", limit.until()));
    queue(LONG).conclude(conclusion).block(LONG);

    assertThat(server.queue.enqueued.get().envelope()).isEqualTo(message.envelope());
    assertThat(server.queue.enqueued.get().content()).isEqualTo(message.content());
    assertThat(server.queue.concluded.get().retry().orElseThrow().replacement().content())
        .isEqualTo(message.content());
    assertThat(server.queue.concluded.get().owner()).isEqualTo(conclusion.owner());
    assertThat(queue(LONG).carryForward(conclusion.retry().orElseThrow().replacement()).block(LONG))
        .isEqualTo(new Carried(1));
    assertThat(queue(LONG).putAside(new PutAside(message, Finding.of("spam: é"))).block(LONG))
        .isEqualTo(new Held(message.envelope().id(), Instant.EPOCH));
    assertThat(server.queue.heldBack.get().message().envelope()).isEqualTo(message.envelope());
    assertThat(server.queue.heldBack.get().message().content()).isEqualTo(message.content());
    assertThat(server.queue.heldBack.get().finding()).isEqualTo(Finding.of("spam: é"));
  }

  @ParameterizedTest
  @EnumSource(RpcStatus.class)
  void aFailureOfTheCalleeIsTheSameFailureForTheCaller(RpcStatus status) {
    server.routing.answer.set(Mono.error(new RpcException(status, "because")));

    assertThatThrownBy(() -> routing(LONG).route(REQUEST).block(LONG))
        .isInstanceOfSatisfying(
            RpcException.class, error -> assertThat(error.status()).isEqualTo(status))
        .hasMessageContaining("because");
  }

  @Test
  void aBugOfTheCalleeIsInternal() {
    assertFails(RpcStatus.INTERNAL, routing(LONG).explain(REQUEST));
  }

  @Test
  void aFailureOfACallWithoutAnAnswerArrivesToo() {
    assertFails(RpcStatus.RESOURCE_EXHAUSTED, queue(LONG).complete(List.of()));
  }

  @Test
  void aServiceThatIsNotThereIsUnavailable() {
    Routing routing =
        RpcClients.standalone(RpcServer.client(RpcServer.TOKEN, LONG))
            .port(Routing.class, Service.ROUTING, URI.create("http://127.0.0.1:" + NOBODY_LISTENS));

    assertFails(RpcStatus.UNAVAILABLE, routing.route(REQUEST));
  }

  @Test
  void nobodyKnowsWhatBecameOfACallThatBreaksOff() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> readAndHangUp(listener));
      Routing routing =
          RpcClients.standalone(RpcServer.client(RpcServer.TOKEN, LONG))
              .port(
                  Routing.class,
                  Service.ROUTING,
                  URI.create("http://127.0.0.1:" + listener.getLocalPort()));

      assertFails(RpcStatus.UNKNOWN, routing.route(REQUEST));
    }
  }

  @Test
  void theCallersDeadlineTravels() {
    server.routing.answer.set(
        Mono.just(new RouteAnswer.Refused(Reason.UNKNOWN_USER, Reply.of(550, "5.1.1", "no"))));

    Deadline.within(Duration.ofSeconds(7), routing(LONG).route(REQUEST)).block(LONG);

    assertThat(server.routing.left.get()).isBetween(Duration.ofMillis(100), Duration.ofSeconds(7));
  }

  @Test
  void pastTheDeadlineTheCallerIsToldAndTheCalleeStops() {
    assertFails(RpcStatus.DEADLINE_EXCEEDED, Deadline.within(SHORT, routing(LONG).route(REQUEST)));

    await().untilTrue(server.routing.cancelled);
  }

  @Test
  void aCallWithoutADeadlineIsBoundedByTheSetting() {
    assertFails(RpcStatus.DEADLINE_EXCEEDED, routing(SHORT).route(REQUEST));

    await().untilTrue(server.routing.cancelled);
  }

  @Test
  void aCallerThatGoesAwayStopsTheCallee() {
    Disposable call = routing(LONG).route(REQUEST).subscribe();
    await().until(() -> server.routing.asked.get() != null && server.routing.left.get() != null);

    call.dispose();

    await().untilTrue(server.routing.cancelled);
  }

  private static void readAndHangUp(ServerSocket listener) {
    while (!listener.isClosed()) {
      try (Socket caller = listener.accept()) {
        caller.getInputStream().read();
      } catch (IOException e) {
        return; // the test is over
      }
    }
  }

  private static Routing routing(Duration timeout) {
    return RpcClients.standalone(RpcServer.client(RpcServer.TOKEN, timeout))
        .port(Routing.class, Service.ROUTING, server.base());
  }

  private static EnvelopeRecord message() {
    byte[] content = new byte[2_000];
    content[7] = (byte) 0xff;
    return new EnvelopeRecord(
        new Envelope(
            ID,
            0,
            0,
            Instant.EPOCH,
            ReversePath.of(""),
            List.of(Recipient.of(ForwardPath.of("bob@dest.example"))),
            Provenance.local(),
            MailParameters.NONE,
            new ContentRef.Inline(content.length)),
        content);
  }
}

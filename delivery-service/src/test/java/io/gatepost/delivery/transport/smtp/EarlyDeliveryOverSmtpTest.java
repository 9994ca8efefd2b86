package io.gatepost.delivery.transport.smtp;

import static io.gatepost.delivery.Messages.recipient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyResult.Why;
import io.gatepost.contract.delivery.EarlyTerms;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.Routing;
import io.gatepost.delivery.FakeScanning;
import io.gatepost.delivery.Messages;
import io.gatepost.delivery.attempt.AttemptMeters;
import io.gatepost.delivery.attempt.AttemptSink;
import io.gatepost.delivery.attempt.Attempts;
import io.gatepost.delivery.attempt.Expiry;
import io.gatepost.delivery.early.EarlyDelivery;
import io.gatepost.delivery.early.EarlyMeters;
import io.gatepost.delivery.early.EarlyRules;
import io.gatepost.delivery.early.NextHops;
import io.gatepost.delivery.early.SlowDestinations;
import io.gatepost.delivery.late.LateBacklog;
import io.gatepost.delivery.late.LateMeters;
import io.gatepost.delivery.late.LateScans;
import io.gatepost.delivery.transport.AttemptRoom;
import io.gatepost.delivery.transport.maildir.MaildirTransport;
import io.gatepost.delivery.transport.smtp.FakeHost.Script;
import io.gatepost.embedded.FreePort;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Deliveries while clients wait, over connections and to mailboxes.
class EarlyDeliveryOverSmtpTest extends TransportFixture {

  private static final Duration LONG = Duration.ofSeconds(60);

  /// For a host that answers at once, however much else goes on.
  private static final Duration ENOUGH = Duration.ofSeconds(2);

  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir private Path mailboxes;

  /// The hosts of domains; the others are our own.
  private final Map<String, NextHop> hosts = new ConcurrentHashMap<>();

  private EarlyRules rules = EarlyRules.NONE;

  @Test
  void noHostGetsADotBeforeTheOthersHaveAnswered() {
    CountDownLatch word = new CountDownLatch(1);
    FakeHost slow = host(waiting("RCPT", word));
    FakeHost quick = host(new Script());
    hosts.put("slow.example", slow.hop());
    hosts.put("quick.example", quick.hop());
    EarlyDelivery early = early(transport());

    var result =
        early
            .deliverNow(own("ann@slow.example", "ann@quick.example"), new EarlyTerms(LONG))
            .toFuture();
    await().until(() -> quick.commands().contains("DATA"));
    await().until(() -> slow.commands().stream().anyMatch(each -> each.startsWith("RCPT")));
    assertThat(quick.received()).isEmpty();
    word.countDown();

    assertThat(result.join()).isInstanceOf(EarlyResult.Delivered.class);
    assertThat(quick.received()).hasSize(1);
    assertThat(slow.received()).hasSize(1);
  }

  @Test
  void aMailboxGetsNothingWhereAHostRefusesAStranger() throws IOException {
    FakeHost host = host(replying("RCPT", "550 5.1.1 no such user"));
    hosts.put("far.example", host.hop());

    EarlyResult result =
        early(transport())
            .deliverNow(strangers(own("ann@dest.example", "bob@far.example")), new EarlyTerms(LONG))
            .block();

    assertThat(result).isInstanceOf(EarlyResult.TryLater.class);
    await().until(() -> files("tmp").isEmpty());
    assertThat(files("new")).isEmpty();
  }

  @Test
  void overOneConnectionSeveralTransactionsGoOnOnceTheRecordIsRead() {
    FakeHost host =
        host(
            new Script() {
              private int recipients;

              @Override
              String reply(int connection, String command) {
                recipients = command.startsWith("MAIL") ? 0 : recipients;
                return command.startsWith("RCPT") && ++recipients > 2
                    ? "452 4.5.3 too many recipients"
                    : super.reply(connection, command);
              }
            });
    hosts.put("far.example", host.hop());
    EarlyDelivery early = early(transport(1));
    EnvelopeRecord message = own("a@far.example", "b@far.example", "c@far.example");

    assertThat(early.deliverNow(message, new EarlyTerms(SHORT)).block())
        .isInstanceOf(EarlyResult.GoesOn.class);
    assertThat(host.received()).isEmpty();
    Log log = new Log();
    early.join(message.envelope().id(), log);

    await().until(() -> log.delivered.size() == 3);
    assertThat(host.received()).hasSize(2);
    assertThat(host.connections()).isEqualTo(1);
  }

  @Test
  void aHostThatKeepsClientsWaitingIsPassedOver() {
    CountDownLatch word = new CountDownLatch(1);
    FakeHost slow = host(waiting("RCPT", word));
    FakeHost quick = host(new Script());
    hosts.put("slow.example", slow.hop());
    hosts.put("quick.example", quick.hop());
    EarlyDelivery early = early(transport());
    assertThat(deliver(early, "ann@quick.example")).isInstanceOf(EarlyResult.Delivered.class);

    for (int i = 0; i < 2; i++) {
      EnvelopeRecord both = own("ann@slow.example", "ann@quick.example");
      assertThat(early.deliverNow(both, new EarlyTerms(ENOUGH)).block())
          .isInstanceOf(EarlyResult.GoesOn.class);
      early.withdraw(both.envelope().id()).block();
    }

    assertThat(deliver(early, "ann@slow.example")).isEqualTo(new EarlyResult.NotTried(Why.SLOW));
    assertThat(deliver(early, "ann@quick.example")).isInstanceOf(EarlyResult.Delivered.class);
    word.countDown();
  }

  @Test
  void aHostThatCannotBeReachedIsPassedOver() {
    hosts.put("dead.example", new NextHop("dead.example", "127.0.0.1", FreePort.find()));
    EarlyDelivery early = early(transport());

    assertThat(deliver(early, "ann@dead.example")).isInstanceOf(EarlyResult.GoesOn.class);
    assertThat(deliver(early, "ann@dead.example"))
        .isEqualTo(new EarlyResult.NotTried(Why.UNREACHABLE));
  }

  @Test
  void domainsMayNotWantIt() {
    CountDownLatch word = new CountDownLatch(1);
    hosts.put("slow.example", host(waiting("RCPT", word)).hop());
    hosts.put("off.example", host(new Script()).hop());
    rules = new EarlyRules(Map.of("off.example", Duration.ZERO, "slow.example", SHORT));
    EarlyDelivery early = early(transport());

    assertThat(deliver(early, "ann@off.example"))
        .isEqualTo(new EarlyResult.NotTried(Why.NOT_WANTED));
    assertThat(deliver(early, "ann@slow.example")).isInstanceOf(EarlyResult.GoesOn.class);
    word.countDown();
  }

  private static Script waiting(String verb, CountDownLatch word) {
    return new Script() {
      @Override
      String reply(int connection, String command) {
        if (command.startsWith(verb)) {
          try {
            word.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        }
        return super.reply(connection, command);
      }
    };
  }

  private static EarlyResult deliver(EarlyDelivery early, String address) {
    EnvelopeRecord message = own(address);
    EarlyResult result = early.deliverNow(message, new EarlyTerms(LONG)).block();
    early.withdraw(message.envelope().id()).block();
    return result;
  }

  private static EnvelopeRecord own(String... addresses) {
    return Messages.to(Stream.of(addresses).map(each -> recipient(each)).toArray(Recipient[]::new));
  }

  private static EnvelopeRecord strangers(EnvelopeRecord message) {
    Envelope of = message.envelope();
    return new EnvelopeRecord(
        new Envelope(
            of.id(),
            of.generation(),
            of.attempts(),
            of.arrivedAt(),
            of.sender(),
            of.recipients(),
            Provenance.connected("192.0.2.7", "192.0.2.1:25", Origin.EXTERNAL),
            of.parameters(),
            of.content()),
        message.content());
  }

  private List<Path> files(String part) throws IOException {
    Path directory = mailboxes.resolve("dest.example").resolve("ann").resolve(part);
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  private EarlyDelivery early(SmtpTransport smtp) {
    MaildirTransport maildirs =
        new MaildirTransport(
            mailboxes, queue, task -> Thread.ofVirtual().start(task), () -> Messages.ARRIVED);
    EarlyDelivery early =
        new EarlyDelivery(
            attempts(smtp, maildirs),
            room,
            new EarlyDelivery.Hosts(
                new NextHops(
                    smtp::against, maildirs::against, new SlowDestinations(System::nanoTime)),
                rules,
                Mono::empty),
            2_000,
            Schedulers.parallel(),
            System::nanoTime,
            new EarlyMeters(registry));
    early.own(Set.of(0));
    open.add(early);
    return early;
  }

  private Attempts attempts(SmtpTransport smtp, MaildirTransport maildirs) {
    return new Attempts(
        new Routes(),
        Attempts.routes(100),
        smtp,
        maildirs,
        queue,
        new LateScans(
            new FakeScanning(),
            new AttemptRoom(10),
            new LateScans.Settings(2, 10, Duration.ofSeconds(30), Duration.ofSeconds(5)),
            new LateBacklog(),
            new LateMeters(new SimpleMeterRegistry(), 10, System::nanoTime),
            () -> Messages.ARRIVED,
            System::nanoTime),
        new Expiry(Duration.ofDays(5), Messages.ARRIVED, System::nanoTime),
        Duration.ofHours(4),
        "mta.example",
        () -> Messages.ARRIVED,
        new AttemptMeters(registry));
  }

  private final class Routes implements Routing {
    @Override
    public Mono<RouteAnswer> route(RouteRequest request) {
      String domain = request.recipient().domain().text();
      NextHop host = hosts.get(domain);
      Destination destination =
          host == null
              ? new Destination.Mailbox(
                  request.recipient().localPart().text(), request.recipient().domain())
              : new Destination.Smtp("smtp:" + domain, List.of(host));
      return Mono.just(
          new RouteAnswer.Resolved(List.of(new RouteAnswer.Leg(request.recipient(), destination))));
    }

    @Override
    public Mono<RouteExplanation> explain(RouteRequest request) {
      throw new AssertionError("not asked for");
    }
  }

  private static final class Log implements AttemptSink {
    private final List<RecipientOutcome> delivered = new CopyOnWriteArrayList<>();

    @Override
    public void progress(List<RecipientOutcome> some) {}

    @Override
    public void delivered(List<RecipientOutcome> all) {
      delivered.addAll(new ArrayList<>(all));
    }

    @Override
    public void leftover(Conclusion conclusion) {
      throw new AssertionError("left over: " + conclusion);
    }
  }
}

package io.gatepost.system.early;

import io.gatepost.system.Estate;
import io.gatepost.system.early.Hops.Hop;
import io.gatepost.system.early.Rows.Row;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer.Answer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Moment;
import io.gatepost.testkit.smtp.FakeSmtpServer.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// A suite that delivers early, with next hops and the messages for them.
record EarlySuite(Estate estate, Hops hops, Rows rows) implements AutoCloseable {

  /// Long enough for what is not slow on a busy machine, and waited for by what is.
  static final Duration BUDGET = Duration.ofSeconds(5);

  /// How the reply to a message begins that is not delivered yet.
  static final String QUEUED = "250 2.0.0 queued as ";

  static final String ALICE = "alice@example.test";
  static final String UNKNOWN = "550 5.1.1 nobody here is called so";
  static final Answer GOOD = new Answer.Good();
  static final Answer NOT_NOW = new Answer.Say("450 4.2.1 not now");

  private static final int HOPS = 50;

  /// A message whose next hop does something about it.
  record Case(Row row, Hop hop, Held held, CompletableFuture<String> reply) {}

  /// Starts one in a directory, which is emptied.
  static EarlySuite start(Path home, Mode mode, Map<String, String> changes) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("gatepost.edge.early-delivery.enabled", "true");
    settings.put("gatepost.edge.early-delivery.budget", BUDGET.toMillis() + "ms");
    settings.put("gatepost.routing.mailboxes", Rows.MAILBOXES);
    settings.putAll(changes);
    Estate estate = Estate.start(home, mode, settings);
    return new EarlySuite(estate, Hops.start(estate, HOPS), new Rows(estate));
  }

  /// A client of ours sends to a next hop that keeps it waiting.
  Case begin(Held held) {
    Row row = rows.own();
    return begin(row, held, row.message());
  }

  Case begin(Row row, Held held, String content) {
    Hop hop = hops.take();
    hop.server().behave(held);
    return new Case(row, hop, held, row.beginWith(content, hop.user("a")));
  }

  /// A next hop that answers so.
  Hop hop(Function<Moment, Answer> behaviour) {
    Hop hop = hops.take();
    hop.server().behave(behaviour);
    return hop;
  }

  /// Records that were appended.
  double enqueued() {
    return estate.gatepost().meter("queue", "gatepost_queue_enqueued_total");
  }

  static Function<Moment, Answer> always(Stage stage, Answer answer) {
    return moment -> moment.stage() == stage ? answer : GOOD;
  }

  static Function<Moment, Answer> onceAt(Stage stage, Answer answer) {
    AtomicInteger times = new AtomicInteger();
    return moment -> moment.stage() == stage && times.getAndIncrement() == 0 ? answer : GOOD;
  }

  /// The last check of all rows comes before the end.
  void end() {
    try {
      rows.check();
    } finally {
      close();
    }
  }

  @Override
  public void close() {
    estate.close();
    hops.close();
  }
}

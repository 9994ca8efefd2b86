package io.gatepost.delivery.filter;

import io.gatepost.contract.delivery.FilterAnswer;
import io.gatepost.contract.delivery.FilterTerms;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.delivery.transport.AttemptRoom;
import io.gatepost.delivery.transport.Transport;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/// Shows messages to filters, by the transport of deliveries (requirement A9). What a filter takes
/// is not delivered by that: it comes back.
public final class FilterDelivery {

  private static final Reply NO_ROOM =
      Reply.of(451, "4.3.2", "Too many messages are under way for another to be filtered");

  private final Transport<Destination.Smtp> smtp;
  private final AttemptRoom room;
  private final Scheduler scheduler;
  private final MeterRegistry meters;

  /// @param scheduler for the ends of budgets; nothing blocks it
  public FilterDelivery(
      Transport<Destination.Smtp> smtp,
      AttemptRoom room,
      Scheduler scheduler,
      MeterRegistry meters) {
    this.smtp = smtp;
    this.room = room;
    this.scheduler = scheduler;
    this.meters = meters;
    List.of(
            FilterAnswer.Taken.class,
            FilterAnswer.Refused.class,
            FilterAnswer.TryLater.class,
            FilterAnswer.Silent.class,
            FilterAnswer.Away.class)
        .forEach(this::timer);
  }

  /// Shows a message; see [io.gatepost.contract.delivery.Delivery#filter].
  public Mono<FilterAnswer> show(EnvelopeRecord message, FilterTerms terms) {
    return Mono.defer(() -> {
      if (room.isFull()) {
        return Mono.just(new FilterAnswer.Away(NO_ROOM));
      }
      long began = System.nanoTime();
      FilterAttempt attempt = new FilterAttempt(message.envelope().recipients().size());
      room.enter(message);
      Disposable budget =
          scheduler.schedule(
              attempt::budgetIsOver, terms.budget().toMillis(), TimeUnit.MILLISECONDS);
      attempt
          .answer()
          .whenComplete((answer, _) -> {
            budget.dispose();
            timer(answer.getClass()).record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
          });
      attempt.end().whenComplete((_, _) -> room.leave(message));
      smtp.deliver(message, message.envelope().recipients(), destination(terms), attempt);
      return Mono.fromFuture(attempt.answer(), true).doOnCancel(attempt::breakOff);
    });
  }

  /// Not the operator's host for a domain: its answers to RCPT say nothing of addresses.
  private static Destination.Smtp destination(FilterTerms terms) {
    String name = "filter:[" + terms.address() + "]:" + terms.port();
    return new Destination.Smtp(
        name,
        NamedBy.DEFAULT_ROUTE,
        List.of(
            new Destination.NextHop("[" + terms.address() + "]", terms.address(), terms.port())));
  }

  private Timer timer(Class<? extends FilterAnswer> answer) {
    return Timer.builder("gatepost.delivery.filter")
        .description("Time until a filter has answered for a message")
        .tag("answer", label(answer))
        .register(meters);
  }

  private static String label(Class<? extends FilterAnswer> answer) {
    return answer.getSimpleName().replaceAll("(?<=.)(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }
}

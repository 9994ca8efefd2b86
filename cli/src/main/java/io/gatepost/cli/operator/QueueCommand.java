package io.gatepost.cli.operator;

import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.QueueOperator;
import io.gatepost.contract.queue.QueueStats.TopicStats;
import io.gatepost.contract.queue.QueuedMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Mono;

/// `queue`: what an operator sees of the queue, and may do to it.
@Command(
    name = "queue",
    mixinStandardHelpOptions = true,
    description = "Shows the queue of a running Gatepost, and changes what is deferred.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:there is no such deferred message",
      "64:the command line is wrong",
      "69:Gatepost does not answer, or refuses"
    })
public final class QueueCommand implements Callable<Integer> {

  @Mixin private OperatorOptions operator = new OperatorOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE.number();
  }

  @Command(
      name = "stats",
      mixinStandardHelpOptions = true,
      description = "What lies in each topic of the log.")
  int stats() {
    return ask(QueueOperator::stats)
        .show(stats -> {
          operator.line(
              "%-26s %9s %9s %8s %10s %10s", "topic", "live", "garbage", "density", "age", "lag");
          for (TopicStats each : stats.topics()) {
            operator.line(
                "%-26s %9d %9d %8.2f %10s %10s",
                each.topic() + (each.partition() == 0 ? "" : "-" + each.partition()),
                each.live(),
                each.garbage(),
                each.garbageDensity(),
                seconds(each.headAge()),
                seconds(each.lag()));
          }
        });
  }

  @Command(
      name = "destinations",
      mixinStandardHelpOptions = true,
      description = "The next hops that are in use, busiest first.")
  int destinations() {
    return operator
        .ask(Delivery.class, OperatorPort::delivery, Delivery::destinations)
        .show(destinations -> {
          operator.line(
              "%-40s %9s %9s %9s %9s %9s %9s",
              "destination", "running", "waiting", "idle", "probing", "probes", "pace");
          for (DestinationState each : destinations) {
            operator.line(
                "%-40s %9d %9d %9d %9d %9d %9s",
                each.name(),
                each.running(),
                each.waiting(),
                each.idleConnections(),
                each.probing(),
                each.probesWaiting(),
                each.slow() ? "slow" : "quick");
          }
        });
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {
        "The deferred messages, oldest first, that meet all conditions given.",
        "Addresses are compared without regard to case."
      })
  int list(@Mixin ListOptions options) {
    return ask(queue -> queue.list(options.search(Instant.now())))
        .show(page -> {
          show(page.messages());
          operator.line("%d of %s", page.messages().size(), page.matching());
          page.next().ifPresent(next -> operator.line("more: --after %s", next));
        });
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "One deferred message.")
  int show(@Parameters(paramLabel = "ID") String id) {
    return ask(queue -> queue.show(QueueId.of(id))).show(message -> show(List.of(message)));
  }

  @Command(
      name = "retry",
      mixinStandardHelpOptions = true,
      description = "Makes a deferred message due at once.")
  int retry(@Parameters(paramLabel = "ID") String id) {
    return ask(queue -> queue.retryNow(QueueId.of(id)).thenReturn(id))
        .show(done -> operator.line("%s is due now", done));
  }

  @Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      description = "Ends a deferred message: nobody gets it and nobody is told.")
  int cancel(@Parameters(paramLabel = "ID") String id) {
    return ask(queue -> queue.cancel(QueueId.of(id)).thenReturn(id))
        .show(done -> operator.line("%s is cancelled", done));
  }

  private <T> OperatorOptions.Answer<T> ask(Function<QueueOperator, Mono<T>> call) {
    return operator.ask(QueueOperator.class, OperatorPort::queue, call);
  }

  private void show(List<QueuedMessage> messages) {
    for (QueuedMessage each : messages) {
      operator.line(
          "%s  generation %d, %d attempts, arrived %s, due %s, %d octets",
          each.id(),
          each.generation(),
          each.attempts(),
          each.arrivedAt(),
          each.dueAt(),
          each.octets());
      operator.line("    from <%s>", each.sender());
      each.recipients().forEach(to -> operator.line("    to   <%s>", to));
      if (each.moreRecipients() > 0) {
        operator.line("    and %d more recipients", each.moreRecipients());
      }
      each.destination().ifPresent(name -> operator.line("    waits for %s", name));
      operator.line(
          "    %s%s", each.reason().map(why -> why.label() + ": ").orElse(""), each.lastReply());
    }
  }

  private static String seconds(Duration duration) {
    return "%.1f s".formatted(duration.toMillis() / 1000.0);
  }
}

package io.gatepost.cli.operator;

import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.QuarantineDetail;
import io.gatepost.contract.queue.QuarantineFilter;
import io.gatepost.contract.queue.QuarantineOperator;
import io.gatepost.contract.queue.QuarantineSearch;
import io.gatepost.contract.queue.QuarantinedMessage;
import io.gatepost.contract.queue.QueuePosition;
import io.gatepost.contract.scanning.ScannerResult;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Mono;

/// `quarantine`: the messages that were put aside, and what becomes of them.
@Command(
    name = "quarantine",
    mixinStandardHelpOptions = true,
    description = "Shows the messages that a running Gatepost has put aside, and lets them go.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:there is no such message in the quarantine",
      "64:the command line is wrong",
      "69:Gatepost does not answer, or refuses"
    })
public final class QuarantineCommand implements Callable<Integer> {

  private static final String CONTENT = "/gatepost.queue.v1.Quarantine/Content";

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
      description = "How full the quarantine is.")
  int stats() {
    return ask(QuarantineOperator::stats)
        .show(stats -> {
          operator.line("%d of %d messages", stats.messages(), stats.mostMessages());
          operator.line("%d of %d octets", stats.octets(), stats.mostOctets());
          stats.oldest().ifPresent(since -> operator.line("the oldest since %s", since));
        });
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {
        "The messages in the quarantine, in the order in which they came in, that meet all"
            + " conditions given.",
        "Addresses and findings are compared without regard to case."
      })
  int list(
      @Mixin QuarantineOptions options,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "50",
              description = "The most messages of a page, 1 to 1000; default ${DEFAULT-VALUE}.")
          int limit,
      @Option(
              names = "--after",
              paramLabel = "POSITION",
              description = "Where the page before ended, as its last line says: the next page.")
          @Nullable String after) {
    return ask(quarantine ->
            quarantine.list(
                new QuarantineSearch(
                    options.filter(Instant.now()),
                    limit,
                    Optional.ofNullable(after).map(QueuePosition::of))))
        .show(page -> {
          page.messages().forEach(this::show);
          operator.line("%d of %s", page.messages().size(), page.matching());
          page.next().ifPresent(next -> operator.line("more: --after %s", next));
        });
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "One message with its scanners' results and its header.")
  int show(
      @Parameters(paramLabel = "ID") String id,
      @Option(
              names = "--content",
              description =
                  "Writes the message itself to standard output, octet for octet as it came in."
                      + " It may be harmful.")
          boolean content) {
    return content
        ? operator.copy(OperatorPort::queue, () -> CONTENT + "?id=" + QueueId.of(id), System.out)
        : ask(quarantine -> quarantine.show(QueueId.of(id))).show(this::show);
  }

  @Command(
      name = "release",
      mixinStandardHelpOptions = true,
      description = {
        "Sends messages on to all their recipients, without another scan.",
        "Each is delivered once, however often it is released."
      })
  int release(@Parameters(paramLabel = "ID", arity = "1..*") List<String> ids) {
    return each(ids, QuarantineOperator::release, "is released");
  }

  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      description = {
        "Deletes messages: nobody gets them and nobody is told.",
        "Either those named, or those that meet all conditions given."
      })
  int delete(
      @Parameters(paramLabel = "ID", arity = "0..*") @Nullable List<String> ids,
      @Mixin QuarantineOptions options,
      @Option(names = "--all", description = "All messages, where no condition is given.")
          boolean all,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "1000",
              description = "The most messages at a time, 1 to 1000; default ${DEFAULT-VALUE}.")
          int limit) {
    List<String> named = ids == null ? List.of() : ids;
    return named.isEmpty()
        ? ask(quarantine ->
                quarantine.deleteMatching(
                    QuarantineSearch.first(chosen(options.filter(Instant.now()), all), limit)))
            .show(
                deleted -> operator.line("%d deleted, %s left", deleted.messages(), deleted.left()))
        : each(named, QuarantineOperator::delete, "is deleted");
  }

  private static QuarantineFilter chosen(QuarantineFilter filter, boolean all) {
    if (filter.equals(QuarantineFilter.ALL) != all) {
      throw new IllegalArgumentException(
          all
              ? "--all and conditions (expected: one of them)"
              : "nothing to delete (expected: ID, conditions or --all)");
    }
    return filter;
  }

  private int each(List<String> ids, Call call, String done) {
    int status = ExitCode.OK.number();
    for (String id : ids) {
      int its =
          ask(quarantine -> call.of(quarantine, QueueId.of(id)).thenReturn(id))
              .show(one -> operator.line("%s %s", one, done));
      status = status == ExitCode.OK.number() ? its : status;
    }
    return status;
  }

  /// A call about one message.
  private interface Call {
    Mono<Void> of(QuarantineOperator quarantine, QueueId id);
  }

  private <T> OperatorOptions.Answer<T> ask(Function<QuarantineOperator, Mono<T>> call) {
    return operator.ask(QuarantineOperator.class, OperatorPort::queue, call);
  }

  private void show(QuarantinedMessage message) {
    operator.line(
        "%s  arrived %s, kept until %s, %d octets%s",
        message.id(),
        message.arrivedAt(),
        message.until(),
        message.octets(),
        switch (message.state()) {
          case HELD -> "";
          case RELEASING -> ", is being released";
        });
    operator.line("    from <%s>", message.sender());
    message.recipients().forEach(to -> operator.line("    to   <%s>", to));
    if (message.moreRecipients() > 0) {
      operator.line("    and %d more recipients", message.moreRecipients());
    }
    operator.line("    %s", message.finding());
  }

  private void show(QuarantineDetail detail) {
    show(detail.message());
    operator.line(
        "    client %s, HELO %s%s",
        orDash(detail.peer()),
        orDash(detail.helo()),
        detail.user().map(user -> ", user " + user).orElse(""));
    detail.results().forEach(result -> operator.line("    %s", text(result)));
    detail.edits().forEach(edit -> operator.line("    when released: %s", text(edit)));
    operator.line("");
    detail.header().forEach(field -> operator.line("%s", field));
  }

  private static String orDash(String text) {
    return text.isEmpty() ? "-" : text;
  }

  private static String text(ScannerResult result) {
    return "%s %s%s in %d ms%s%s"
        .formatted(
            result.scanner(),
            result.outcome().label(),
            result.score().map(score -> " %.1f".formatted(score)).orElse(""),
            result.took().toMillis(),
            result.cached() ? ", as known" : "",
            result.words().isEmpty() ? "" : ": " + result.words());
  }

  private static String text(HeaderEdit edit) {
    return switch (edit) {
      case HeaderEdit.Insert(_, var name, var value) -> "add " + name + ": " + value;
      case HeaderEdit.Replace(var name, _, var value) -> "replace " + name + ": " + value;
      case HeaderEdit.Remove(var name, _) -> "remove " + name;
    };
  }
}

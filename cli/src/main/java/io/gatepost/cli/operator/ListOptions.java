package io.gatepost.cli.operator;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.queue.QueueFilter;
import io.gatepost.contract.queue.QueuePosition;
import io.gatepost.contract.queue.QueueSearch;
import io.gatepost.contract.reply.Reason;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options by which `queue list` chooses messages and pages.
final class ListOptions {

  private static final Pattern SPAN = Pattern.compile("(\\d{1,9})([smhd])");

  @Option(
      names = "--from",
      paramLabel = "ADDR",
      description = "Of this sender; '<>' for notices, which have none.")
  private @Nullable String from;

  @Option(
      names = "--from-domain",
      paramLabel = "DOMAIN",
      description = "Of senders of this domain.")
  private @Nullable String fromDomain;

  @Option(
      names = "--to",
      paramLabel = "ADDR",
      description = "With this recipient still to be served, as aliases have made it.")
  private @Nullable String to;

  @Option(
      names = "--to-domain",
      paramLabel = "DOMAIN",
      description = "With a recipient of this domain still to be served.")
  private @Nullable String toDomain;

  @Option(
      names = "--destination",
      paramLabel = "NAME",
      description =
          "That wait for this next hop as a whole, as it could not be reached or was busy; its name"
              + " is as destinations shows it.")
  private @Nullable String destination;

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description = "Deferred for this reason, such as next_hop_deferred or unreachable.")
  private @Nullable String reason;

  @Option(
      names = "--older-than",
      paramLabel = "SPAN",
      description = "That arrived at least so long ago, such as 90s, 15m, 2h or 3d.")
  private @Nullable String olderThan;

  @Option(
      names = "--due-before",
      paramLabel = "TIME",
      description =
          "That are tried again before then: a time such as 2026-03-01T12:00:00Z, or a span from"
              + " now.")
  private @Nullable String dueBefore;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "The most messages of a page, 1 to 1000; default ${DEFAULT-VALUE}.")
  private int limit;

  @Option(
      names = "--after",
      paramLabel = "POSITION",
      description = "Where the page before ended, as its last line says: the next page.")
  private @Nullable String after;

  /// The search that the options ask for. Throws [IllegalArgumentException] that names the value
  /// where one is not what it should be.
  QueueSearch search(Instant now) {
    QueueFilter filter =
        new QueueFilter(
            Optional.ofNullable(from).map(ListOptions::sender),
            Optional.ofNullable(fromDomain).map(DomainName::of),
            Optional.ofNullable(to).map(ForwardPath::of),
            Optional.ofNullable(toDomain).map(DomainName::of),
            Optional.ofNullable(destination),
            Optional.ofNullable(reason).map(ListOptions::reason),
            Optional.ofNullable(olderThan).map(text -> now.minus(span("--older-than", text))),
            Optional.ofNullable(dueBefore).map(text -> time(text, now)));
    return new QueueSearch(filter, limit, Optional.ofNullable(after).map(QueuePosition::of));
  }

  static ReversePath sender(String text) {
    return ReversePath.of(text.equals("<>") ? "" : text);
  }

  private static Reason reason(String text) {
    return Reason.ofLabel(text.toLowerCase(Locale.ROOT))
        .orElseThrow(() ->
            new IllegalArgumentException(
                "--reason: \""
                    + text
                    + "\" (expected: a reason as list and the log name it, such as unreachable)"));
  }

  private static Instant time(String text, Instant now) {
    if (SPAN.matcher(text).matches()) {
      return now.plus(span("--due-before", text));
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "--due-before: \""
              + text
              + "\" (expected: a time such as 2026-03-01T12:00:00Z, or a span from now such as"
              + " 15m)",
          e);
    }
  }

  /// Reads a span such as 90s; throws [IllegalArgumentException] that names the option.
  static Duration span(String option, String text) {
    Matcher span = SPAN.matcher(text);
    if (!span.matches()) {
      throw new IllegalArgumentException(
          option + ": \"" + text + "\" (expected: a span such as 90s, 15m, 2h or 3d)");
    }
    long number = Long.parseLong(span.group(1));
    return switch (span.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }
}

package io.gatepost.cli.operator;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.queue.QuarantineFilter;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options by which `quarantine list` and `quarantine delete` choose messages.
final class QuarantineOptions {

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

  @Option(names = "--to", paramLabel = "ADDR", description = "With this recipient.")
  private @Nullable String to;

  @Option(
      names = "--to-domain",
      paramLabel = "DOMAIN",
      description = "With a recipient of this domain.")
  private @Nullable String toDomain;

  @Option(
      names = "--finding",
      paramLabel = "WORDS",
      description = "With these words in the finding, such as a virus's name.")
  private @Nullable String finding;

  @Option(
      names = "--older-than",
      paramLabel = "SPAN",
      description = "That came in at least so long ago, such as 90s, 15m, 2h or 3d.")
  private @Nullable String olderThan;

  /// The conditions that the options ask for. Throws [IllegalArgumentException] that names the
  /// value where one is not what it should be.
  QuarantineFilter filter(Instant now) {
    return new QuarantineFilter(
        Optional.ofNullable(from).map(ListOptions::sender),
        Optional.ofNullable(fromDomain).map(DomainName::of),
        Optional.ofNullable(to).map(ForwardPath::of),
        Optional.ofNullable(toDomain).map(DomainName::of),
        Optional.ofNullable(finding),
        Optional.ofNullable(olderThan)
            .map(text -> now.minus(ListOptions.span("--older-than", text))));
  }
}

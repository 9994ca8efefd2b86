package io.gatepost.contract.setting;

import io.gatepost.contract.address.DomainName;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The machine's name: the fully qualified one where it has one. The kernel's name and the hosts
/// file are asked first; the system's resolver, which may ask the DNS, last and for two seconds at
/// most.
final class MachineName {

  private static final Logger log = LoggerFactory.getLogger(MachineName.class);
  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");
  private static final Path HOSTS = Path.of("/etc/hosts");
  private static final Duration LONGEST_LOOK_UP = Duration.ofSeconds(2);
  private static final DomainName NONE = new DomainName("localhost");

  private MachineName() {}

  /// Finds it out on this machine.
  static DomainName find() {
    String kernel =
        lines(KERNEL)
            .findFirst()
            .or(() -> Optional.ofNullable(System.getenv("HOSTNAME")))
            .orElse("");
    return of(kernel, lines(HOSTS).toList(), () -> within(LONGEST_LOOK_UP, MachineName::resolve));
  }

  /// The first of these that is fully qualified: the kernel's name, a name beside it in the hosts
  /// file, what the resolver says. Without one the kernel's name as it is, and `localhost` where
  /// that cannot stand in a reply.
  ///
  /// @param hosts the lines of the hosts file
  static DomainName of(String kernel, List<String> hosts, Supplier<Optional<String>> resolver) {
    String own = kernel.strip();
    return Stream.<Supplier<Optional<String>>>of(
            () -> Optional.of(own), () -> inHosts(own, hosts), resolver)
        .flatMap(source -> source.get().stream())
        .flatMap(name -> domain(name).stream())
        .filter(MachineName::isQualified)
        .findFirst()
        .or(() -> domain(own))
        .orElse(NONE);
  }

  private static Optional<String> inHosts(String own, List<String> hosts) {
    return hosts.stream()
        .map(line -> line.replaceFirst("#.*", "").strip().split("\\s+"))
        .filter(words -> Arrays.stream(words).skip(1).anyMatch(own::equalsIgnoreCase))
        .flatMap(words ->
            Arrays.stream(words)
                .skip(1)
                .filter(name -> name.indexOf('.') > 0 && !name.startsWith("localhost.")))
        .findFirst();
  }

  private static boolean isQualified(DomainName name) {
    String text = name.text();
    return text.indexOf('.') > 0 && !name.isLiteral() && !text.startsWith("localhost.");
  }

  private static Optional<DomainName> domain(String name) {
    try {
      return Optional.of(
              DomainName.of(name.endsWith(".") ? name.substring(0, name.length() - 1) : name))
          .filter(domain -> !domain.text().matches("[0-9.]+")); // an address is no name
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String resolve() throws IOException {
    return InetAddress.getLocalHost().getCanonicalHostName();
  }

  /// A look-up.
  interface LookUp {
    String name() throws IOException;
  }

  /// The answer of a look-up within a time; empty where it fails or is not done. Its thread is left
  /// to the resolver's own time-out.
  static Optional<String> within(Duration longest, LookUp lookUp) {
    CompletableFuture<String> found = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("machine-name")
        .start(() -> {
          try {
            found.complete(lookUp.name());
          } catch (IOException | RuntimeException e) {
            found.completeExceptionally(e);
          }
        });
    try {
      return Optional.of(found.get(longest.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      return Optional.empty(); // a machine that its resolver does not know: the rule, no error
    } catch (TimeoutException e) {
      log.warn("the look-up of the machine's name takes too long; gatepost.edge.hostname sets it");
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      return Stream.empty(); // another system
    }
  }
}

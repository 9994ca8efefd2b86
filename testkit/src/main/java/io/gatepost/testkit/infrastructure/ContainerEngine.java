package io.gatepost.testkit.infrastructure;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The Docker engine of this machine, asked over its socket before Testcontainers is: that would
/// try for minutes where there is no engine, or no way to a registry.
final class ContainerEngine {

  private static final String UNIX = "unix://";
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final Duration PULL = Duration.ofSeconds(60);

  /// Image with which Testcontainers finds the host's address from inside a container.
  private static final String ADDRESS_IMAGE = "alpine:latest";

  private final String host;
  private final Duration answer;
  private final Duration pull;
  private final List<String> alsoNeeded;
  private final boolean hasReaper;

  /// Findings, by image: a pull that fails is not waited for twice.
  private final Map<String, Optional<String>> found = new ConcurrentHashMap<>();

  /// @param host the engine's address, `unix:///path`
  /// @param answer longest wait for an answer
  /// @param pull longest wait for an image that is not there
  /// @param alsoNeeded images without which none can be run
  /// @param hasReaper whether Testcontainers wants to run its own container that cleans up
  ContainerEngine(
      String host, Duration answer, Duration pull, List<String> alsoNeeded, boolean hasReaper) {
    this.host = host;
    this.answer = answer;
    this.pull = pull;
    this.alsoNeeded = List.copyOf(alsoNeeded);
    this.hasReaper = hasReaper;
  }

  /// The engine that Testcontainers would find, asked once for each image.
  static ContainerEngine ofThisMachine() {
    return OfThisMachine.ENGINE;
  }

  private static final class OfThisMachine {
    static final ContainerEngine ENGINE = find();
  }

  private static ContainerEngine find() {
    Map<String, String> environment = System.getenv();
    boolean isInContainer = Files.exists(Path.of("/.dockerenv"));
    return new ContainerEngine(
        environment.getOrDefault("DOCKER_HOST", UNIX + "/var/run/docker.sock"),
        ANSWER,
        PULL,
        isInContainer ? List.of(ADDRESS_IMAGE) : List.of(),
        !"true".equals(environment.get("TESTCONTAINERS_RYUK_DISABLED")));
  }

  /// Returns why an image cannot be run; empty where it can. Pulls it where it is not there.
  Optional<String> trouble(String image) {
    return found.computeIfAbsent(image, this::lookFor);
  }

  private Optional<String> lookFor(String image) {
    if (!host.startsWith(UNIX)) {
      return Optional.of("the engine at " + host + " is not asked, only those at a socket are");
    }
    if (!Files.exists(socket())) {
      return Optional.of("there is no " + socket());
    }
    if (hasReaper) {
      return Optional.of("TESTCONTAINERS_RYUK_DISABLED is not true");
    }
    if (!isOk("GET", "/_ping", answer)) {
      return Optional.of("no answer from " + socket() + " in " + answer.toMillis() + " ms");
    }
    List<String> needed = new ArrayList<>(alsoNeeded);
    needed.add(image);
    return needed.stream()
        .filter(each -> !isThere(each) && !isPulled(each))
        .findFirst()
        .map(each -> each + " is not there, and was not pulled in " + pull.toSeconds() + " s");
  }

  private boolean isThere(String image) {
    return isOk("GET", "/images/" + image + "/json", answer);
  }

  /// The answer to a pull ends with it, and is 200 although it fails.
  private boolean isPulled(String image) {
    return isOk("POST", "/images/create?fromImage=" + URLEncoder.encode(image, US_ASCII), pull)
        && isThere(image);
  }

  private Path socket() {
    return Path.of(host.substring(UNIX.length()));
  }

  /// Whether a request is answered with 200, to the end of its answer, in time.
  private boolean isOk(String method, String path, Duration limit) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      CompletableFuture<Void> late =
          CompletableFuture.runAsync(
              () -> close(channel),
              CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS));
      try {
        channel.connect(UnixDomainSocketAddress.of(socket()));
        // With HTTP/1.0 the answer ends where the connection does.
        String request = method + " " + path + " HTTP/1.0\r\nHost: docker\r\n\r\n";
        channel.write(ByteBuffer.wrap(request.getBytes(US_ASCII)));
        return statusOf(channel).contains(" 200 ");
      } finally {
        late.cancel(false);
      }
    } catch (IOException e) {
      return false; // nobody there, or too late
    }
  }

  private static String statusOf(SocketChannel channel) throws IOException {
    InputStream input = Channels.newInputStream(channel);
    StringBuilder status = new StringBuilder();
    boolean isInStatus = true;
    for (int octet = input.read(); octet >= 0; octet = input.read()) {
      isInStatus &= octet != '\n';
      if (isInStatus) {
        status.append((char) octet);
      }
    }
    return status.toString();
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.gatepost.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;

import io.gatepost.testkit.dns.FakeMailDns;
import io.gatepost.testkit.file.LiveFiles;
import io.gatepost.testkit.product.GatepostProcess;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A running suite and the world around it: a DNS, a next hop that does as it is told, and the two
/// tables. Its log stays under `target/estates` when it is closed.
public final class Estate implements AutoCloseable {

  private static final Path ALL = Path.of("target/estates").toAbsolutePath();
  private static final Map<Mode, Shared> SHARED = new EnumMap<>(Mode.class);

  /// Tests run in several processes, each of which has its own.
  private static final String SHARED_NAME = "shared-" + ProcessHandle.current().pid();

  private static final String EARLY_DELIVERY = "gatepost.edge.early-delivery.enabled";

  private static final Pattern MESSAGE_ID = Pattern.compile("(?m)^Message-ID: (.*)$");

  private sealed interface Shared {
    record Running(Estate estate) implements Shared {}

    /// Remembered, so that only one test has to wait for it.
    record NotStarted(RuntimeException failure) implements Shared {}

    default Estate orElseThrow() {
      return switch (this) {
        case Running(var estate) -> estate;
        case NotStarted(var failure) ->
            throw new IllegalStateException("the shared estate did not start", failure);
      };
    }
  }

  private final Path home;
  private final FakeMailDns dns;
  private final FakeSmtpServer nextHop;
  private final GatepostProcess gatepost;

  private Estate(
      Path home,
      Mode mode,
      Map<String, String> changes,
      List<Path> besides,
      List<String> jvmOptions) {
    this.home = home;
    LiveFiles.delete(home);
    dns = dns();
    nextHop = FakeSmtpServer.start();
    write(aliases(), "staff: alice, bob\nbroken: nobody\ncircle: round\nround: circle\n");
    write(mailertable(), mailertable(nextHop.address().getPort()));
    gatepost = GatepostProcess.start(mode, home, settings(changes), besides, jvmOptions);
    if (!"false".equals(changes.get(EARLY_DELIVERY))) {
      gatepost.awaitDelivery();
    }
  }

  /// The one that tests share which leave it as they found it; it runs until the tests end.
  public static Estate shared(Mode mode) {
    synchronized (SHARED) {
      return SHARED.computeIfAbsent(mode, Estate::tryToShare).orElseThrow();
    }
  }

  /// Starts one that the caller closes. Where it delivers early, it does so from the first message.
  ///
  /// @param changes settings that differ, by their whole key
  public static Estate start(String name, Mode mode, Map<String, String> changes) {
    return new Estate(place(name, mode), mode, changes, List.of(), List.of());
  }

  /// Starts one in a directory of the caller's, which is emptied.
  public static Estate start(Path home, Mode mode, Map<String, String> changes) {
    return new Estate(home, mode, changes, List.of(), List.of());
  }

  /// Starts one of a test build.
  ///
  /// @param besides what its class path has besides the product's own
  public static Estate start(
      String name, Mode mode, Map<String, String> changes, List<Path> besides) {
    return new Estate(place(name, mode), mode, changes, besides, List.of());
  }

  /// Starts one in one process with so much heap.
  ///
  /// @param heap as the JVM takes it, such as `256m`
  public static Estate startWithHeap(String name, String heap, Map<String, String> changes) {
    Mode mode = Mode.ALL_IN_ONE;
    return new Estate(place(name, mode), mode, changes, List.of(), List.of("-Xmx" + heap));
  }

  /// Settings for a suite that puts every message on the log before its client has the reply, as
  /// tests of the queue need it.
  ///
  /// @param changes settings that differ beside that
  public static Map<String, String> queueing(Map<String, String> changes) {
    Map<String, String> settings = new LinkedHashMap<>(changes);
    settings.put(EARLY_DELIVERY, "false");
    return settings;
  }

  /// Where one of this name keeps its files.
  public static Path place(String name, Mode mode) {
    return ALL.resolve(name + "-" + mode.name().toLowerCase(Locale.ROOT));
  }

  /// The suite.
  public GatepostProcess gatepost() {
    return gatepost;
  }

  /// The host that takes the mail for `sink.test`.
  public FakeSmtpServer nextHop() {
    return nextHop;
  }

  /// The aliases table.
  public Path aliases() {
    return home.resolve("aliases");
  }

  /// The mailertable.
  public Path mailertable() {
    return home.resolve("mailertable");
  }

  /// Changes a table, and waits until a question has its new answer.
  ///
  /// @param recipient whom to ask for, as a client that may not relay
  /// @param reply how the reply to RCPT begins by then
  public void change(Path table, UnaryOperator<String> change, String recipient, String reply) {
    write(table, change.apply(read(table)));
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> replyToRcpt(recipient), said -> said.startsWith(reply));
  }

  /// Returns the reply about a recipient to a client that may not relay.
  public String replyToRcpt(String recipient) {
    return replyToRcpt("", recipient);
  }

  /// Returns the reply about a recipient of a sender's mail to a client that may not relay.
  ///
  /// @param sender empty for the null reverse-path
  public String replyToRcpt(String sender, String recipient) {
    try (SmtpClient client = SmtpClient.connect(gatepost.smtp(), "127.0.0.2")) {
      client.reply();
      client.say("EHLO stranger.example");
      client.say("MAIL FROM:<" + sender + ">");
      return client.say("RCPT TO:<" + recipient + ">");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Sends one message as a client that may relay; returns the reply that decided.
  public String deliver(String sender, List<String> recipients, String content) {
    try (SmtpClient client = SmtpClient.connect(gatepost.smtp())) {
      return client.deliver(sender, recipients, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Sends one message by way of the log, whatever the settings say: notices of successes are asked
  /// for, which need it. There are none, as it has no sender.
  public String deliverByLog(String recipient, String content) {
    try (SmtpClient client = SmtpClient.connect(gatepost.smtp())) {
      client.reply();
      client.say("EHLO client.example");
      client.say("MAIL FROM:<>");
      client.say("RCPT TO:<" + recipient + "> NOTIFY=SUCCESS");
      client.say("DATA");
      client.send(content);
      return client.say(".");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Returns the new mail of a local mailbox: whole messages, in no order.
  public List<String> mailbox(String address) {
    Path arrived = gatepost.maildir(address).resolve("new");
    if (!Files.isDirectory(arrived)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(arrived)) {
      return files.map(Estate::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The Message-ID of each message that is new in a local mailbox.
  public List<String> messageIdsIn(String address) {
    return mailbox(address).stream()
        .map(MESSAGE_ID::matcher)
        .filter(Matcher::find)
        .map(matcher -> matcher.group(1))
        .toList();
  }

  /// A Message-ID that no other message has.
  public static String newMessageId() {
    return "<" + UUID.randomUUID() + "@client.example>";
  }

  /// A small message.
  public static String message(String messageId) {
    return "Message-ID: " + messageId + "\r\nSubject: a test\r\n\r\nSome text.\r\n";
  }

  @Override
  public void close() {
    gatepost.close();
    nextHop.close();
    dns.close();
    deleteData();
  }

  private static Shared tryToShare(Mode mode) {
    try {
      Estate estate = start(SHARED_NAME, mode, Map.of());
      Runtime.getRuntime().addShutdownHook(new Thread(estate::deleteData));
      return new Shared.Running(estate);
    } catch (RuntimeException e) {
      return new Shared.NotStarted(e);
    }
  }

  private void deleteData() {
    gatepost.close();
    LiveFiles.delete(gatepost.data());
  }

  private static FakeMailDns dns() {
    return FakeMailDns.start()
        .mx("elsewhere.test", 10, "mx.elsewhere.test")
        .a("mx.elsewhere.test", "127.0.0.9")
        .a("plain.test", "127.0.0.9")
        .mx("dangling.test", 10, "missing.dangling.test")
        .mx("nullmx.test", 0, ".")
        .mx("relay.test", 10, "away.relay.test") // nobody listens there
        .mx("relay.test", 20, "here.relay.test")
        .a("away.relay.test", "127.0.0.9")
        .a("here.relay.test", "127.0.0.1")
        .silent("silent.test")
        .failing("failing.test");
  }

  private static String mailertable(int port) {
    return """
    sink.test    smtp:[127.0.0.1]:%1$d
    .mx.test     smtp:relay.test:%1$d
    bad.test     error:5.1.2:550 no such place
    """
        .formatted(port);
  }

  private String settings(Map<String, String> changes) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("gatepost.edge.hostname", "mx.example.test");
    settings.put("gatepost.edge.relay-from", "127.0.0.1/32");
    settings.put("gatepost.edge.max-message-size", "16MB");
    settings.put("gatepost.routing.aliases", aliases().toString());
    settings.put("gatepost.routing.mailertable", mailertable().toString());
    settings.put("gatepost.dns.servers", dns.server());
    settings.put("gatepost.dns.timeout", "1s");
    settings.put("gatepost.dns.loopback-hosts", "true");
    settings.put("gatepost.queue.ladder", "PT1S, PT2S, PT3S");
    settings.put("gatepost.queue.busy-step", "PT0.5S");
    settings.put("gatepost.queue.disk-reserve", "64MB");
    settings.put("gatepost.delivery.unreachable-pause", "200ms");
    // Most tests need a next hop to refuse or be away after the mail is queued.
    settings.put("gatepost.verification.callout.for", "none");
    settings.putAll(changes);
    return settings.entrySet().stream()
        .map(entry -> entry.getKey() + ": \"" + entry.getValue() + "\"\n")
        .collect(Collectors.joining());
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.gatepost.system.scanning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.file.LiveFiles;
import io.gatepost.testkit.smtp.FakeSmtpServer.Arrival;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A message that a filter is to change, as its client sees it: sent, and sent again until it is
/// taken.
record ChangedMail(Estate estate, String id, String recipient, String content) {

  static final Duration PATIENCE = Duration.ofMinutes(2);

  /// Samples of attempts whose edge has gone before their answer.
  static final String LOST_CALLS =
      "gatepost_delivery_early_attempts_total\\{[^}]*why=\"unknown\"[^}]*}";

  private static final String SENDER = "carl@client.example";
  private static final Pattern TAKEN = Pattern.compile("^250 2\\.0\\.0 \\w+ as (\\w+)");

  /// How the content is sent.
  enum Verb {
    DATA,
    /// In two chunks.
    BDAT
  }

  /// Sends it; returns the reply, empty where there was none.
  String send() {
    return send(Verb.DATA);
  }

  String send(Verb verb) {
    try (SmtpClient client = SmtpClient.connect(estate.gatepost().smtp())) {
      return switch (verb) {
        case DATA -> client.deliver(SENDER, List.of(recipient), content);
        case BDAT -> inChunks(client);
      };
    } catch (IOException e) {
      return ""; // the edge was killed
    }
  }

  private String inChunks(SmtpClient client) throws IOException {
    client.reply();
    client.say("EHLO client.example");
    client.say("MAIL FROM:<" + SENDER + ">");
    client.say("RCPT TO:<" + recipient + ">");
    int half = content.length() / 2;
    client.send("BDAT " + half + "\r\n" + content.substring(0, half));
    String first = client.reply();
    assertThat(first).startsWith("250 ");
    client.send("BDAT " + (content.length() - half) + " LAST\r\n" + content.substring(half));
    return client.reply();
  }

  CompletableFuture<String> begin() {
    return CompletableFuture.supplyAsync(this::send, task -> Thread.ofVirtual().start(task));
  }

  /// Its client has heard this: where it is no promise, nobody has the message, and it is sent
  /// again until it is taken. Then its next hop gets it once.
  void comesOnce(String reply) {
    if (!reply.startsWith("250 ")) {
      assertThat(arrivals()).as("%s, which was answered '%s'", id, reply).isEmpty();
      await().atMost(PATIENCE).until(this::send, again -> again.startsWith("250 "));
    }
    await().atMost(PATIENCE).until(() -> !arrivals().isEmpty());
    assertThat(arrivals()).as(id).hasSize(1);
  }

  List<Arrival> arrivals() {
    return estate.nextHop().arrivals(id);
  }

  /// The queue id that a promise names.
  static String queueId(String reply) {
    Matcher matcher = TAKEN.matcher(reply);
    assertThat(matcher.find()).as(reply).isTrue();
    return matcher.group(1);
  }

  /// Names of files of the content store with this in them.
  static List<String> stored(Estate estate, String queueId) {
    Path store = estate.gatepost().data().resolve("content");
    return LiveFiles.below(store).stream()
        .map(file -> file.getFileName().toString())
        .filter(name -> name.contains(queueId))
        .toList();
  }

  /// How often a service of a split suite has become ready.
  static long starts(Estate estate, String service) {
    return estate
        .gatepost()
        .log()
        .lines()
        .filter(line -> line.matches(".*service=" + service + " pid=\\d+ ready.*"))
        .count();
  }

  /// Kills a service, and lets something happen before it is there again.
  static void outage(Estate estate, String service, Runnable meanwhile) {
    long before = starts(estate, service);
    estate.gatepost().killService(service);
    meanwhile.run();
    await(service + " is back").atMost(PATIENCE).until(() -> starts(estate, service) > before);
  }
}

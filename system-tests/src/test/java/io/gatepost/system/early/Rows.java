package io.gatepost.system.early;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.system.early.Hops.Hop;
import io.gatepost.testkit.smtp.FakeSmtpServer.Stage;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The messages of the rows of a table of cases: what their clients hear, who gets them, and who is
/// told. What a row has got must be the same when all rows are done.
final class Rows {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int SENDERS = 60;
  private static final String OWN = "127.0.0.1";
  private static final String STRANGER = "127.0.0.2";

  /// The value of `gatepost.routing.mailboxes`: a mailbox for each sender.
  static final String MAILBOXES =
      "alice, bob, "
          + IntStream.range(0, SENDERS).mapToObj(i -> "s" + i).collect(Collectors.joining(", "));

  private final Estate estate;
  private final AtomicInteger senders = new AtomicInteger();
  private final List<Row> all = new ArrayList<>();
  private final List<Runnable> afterwards = new ArrayList<>();

  Rows(Estate estate) {
    this.estate = estate;
  }

  /// A message whose sender is one of ours.
  Row own() {
    return add(new Row(OWN, newSender()));
  }

  /// A message of a stranger whose mail goes to a next hop, where the notices would be.
  Row strange(Hop home) {
    return add(new Row(STRANGER, home.user("stranger")));
  }

  /// Another one of a sender.
  Row again(Row row) {
    return add(new Row(row.from, row.sender, row.id));
  }

  /// Nothing has come later.
  void check() {
    afterwards.forEach(Runnable::run);
  }

  private String newSender() {
    String sender = "s" + senders.getAndIncrement() + "@example.test";
    return sender;
  }

  private synchronized Row add(Row row) {
    all.add(row);
    return row;
  }

  private synchronized void afterwards(Runnable check) {
    afterwards.add(check);
  }

  /// One message.
  final class Row {
    private final String from;
    private final String sender;
    private final String id;

    Row(String from, String sender) {
      this(from, sender, Estate.newMessageId());
    }

    private Row(String from, String sender, String id) {
      this.from = from;
      this.sender = sender;
      this.id = id;
    }

    String id() {
      return id;
    }

    String message() {
      return Estate.message(id);
    }

    /// Larger than what is kept in memory.
    String largeMessage() {
      return message() + "A line of a message of more than 64 KiB.\r\n".repeat(3000);
    }

    /// A client that has said all but the final dot.
    SmtpClient upToTheDot(String... recipients) throws IOException {
      SmtpClient client = SmtpClient.connect(estate.gatepost().smtp(), from);
      client.reply();
      client.say("EHLO client.example");
      client.say("MAIL FROM:<" + sender + ">");
      for (String recipient : recipients) {
        assertThat(client.say("RCPT TO:<" + recipient + ">")).startsWith("250 ");
      }
      assertThat(client.say("DATA")).startsWith("354 ");
      client.send(message());
      return client;
    }

    String send(String... recipients) {
      return deliver(message(), recipients);
    }

    CompletableFuture<String> begin(String... recipients) {
      return beginWith(message(), recipients);
    }

    CompletableFuture<String> beginWith(String content, String... recipients) {
      CompletableFuture<String> reply = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              reply.complete(deliver(content, recipients));
            } catch (UncheckedIOException e) {
              reply.completeExceptionally(e);
            }
          });
      return reply;
    }

    private String deliver(String content, String... recipients) {
      try (SmtpClient client = SmtpClient.connect(estate.gatepost().smtp(), from)) {
        return client.deliver(sender, List.of(recipients), content);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// A next hop gets it for so many recipients, or so many times, before it gets more.
    Row comesFirstTo(Hop hop, int copies) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(hop.server().arrivals(id)).extracting("recipient").hasSize(copies));
      return this;
    }

    /// A next hop gets it for so many recipients, or so many times.
    Row comesTo(Hop hop, int copies) {
      comesFirstTo(hop, copies);
      afterwards(() -> assertThat(hop.server().arrivals(id)).as(hop.domain()).hasSize(copies));
      return this;
    }

    /// … and has been asked once only.
    Row isTriedOnce(Hop hop) {
      afterwards(() ->
          assertThat(hop.server().moments())
              .as(hop.domain())
              .filteredOn(moment -> moment.stage() == Stage.END_OF_DATA)
              .filteredOn(moment -> moment.argument().equals(id))
              .hasSize(1));
      return this;
    }

    Row comesToMailbox(String address, int copies) {
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(copiesIn(address)).isEqualTo(copies));
      afterwards(() -> assertThat(copiesIn(address)).as(address).isEqualTo(copies));
      return this;
    }

    private long copiesIn(String address) {
      return estate.messageIdsIn(address).stream().filter(id::equals).count();
    }

    /// The sender gets one notice, about these recipients.
    Row senderIsTold(String... recipients) {
      String[] named =
          Arrays.stream(recipients)
              .map(recipient -> "Final-Recipient: rfc822; " + recipient)
              .toArray(String[]::new);
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(estate.mailbox(sender)).hasSize(1));
      afterwards(() ->
          assertThat(estate.mailbox(sender))
              .singleElement()
              .satisfies(notice ->
                  assertThat(notice.lines().filter(line -> line.startsWith("Final-Recipient")))
                      .containsExactlyInAnyOrder(named)));
      return this;
    }

    Row senderIsNotTold() {
      afterwards(() -> assertThat(estate.mailbox(sender)).as(sender).isEmpty());
      return this;
    }
  }
}

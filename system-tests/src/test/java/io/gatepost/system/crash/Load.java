package io.gatepost.system.crash;

import io.gatepost.system.Estate;
import io.gatepost.system.SendingClients;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/// Clients that send without pause: to one recipient or several, at hosts that are up, down or slow
/// and in a local mailbox, some of whom are refused, small messages and some that go to the content
/// store. What was not answered with 250 is not sent again, so that no copy comes from here twice.
final class Load implements AutoCloseable {

  private static final int CLIENTS = 6;
  private static final int LARGE_ONE_IN = 40;
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final String QUEUED_AS = "250 2.0.0 queued as ";

  private final Ledger ledger;
  private final SendingClients clients;

  Load(Supplier<InetSocketAddress> server, Ledger ledger) {
    this.ledger = ledger;
    this.clients = new SendingClients(server, PAUSE);
    for (int i = 0; i < CLIENTS; i++) {
      clients.add("127.0.0.1", this::sendOne);
    }
  }

  /// Stops; no client sends any more when it returns.
  @Override
  public void close() {
    clients.close();
  }

  /// False where the connection is of no more use.
  private boolean sendOne(SmtpClient client) throws IOException {
    String messageId = Estate.newMessageId();
    List<String> recipients = recipients();
    String body = SendingClients.body(LARGE_ONE_IN);
    String reply;
    try {
      reply =
          client.next(
              "bob@example.test",
              recipients,
              "Message-ID: " + messageId + "\r\nSubject: load\r\n\r\n" + body);
    } catch (IOException e) {
      ledger.unanswered(messageId);
      throw e;
    }
    if (reply.startsWith(QUEUED_AS)) {
      String queueId = reply.substring(QUEUED_AS.length()).strip();
      ledger.promised(
          messageId, new Ledger.Promise(queueId, recipients, SendingClients.checksum(body)));
      return true;
    }
    if (reply.isEmpty()) {
      ledger.unanswered(messageId);
    } else {
      ledger.refused(messageId, reply);
    }
    return false;
  }

  private static List<String> recipients() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int user = random.nextInt(1000);
    return switch (random.nextInt(8)) {
      case 0 -> List.of("user" + user + "@flaky.test");
      case 1 -> List.of("user" + user + "@sink.test", "user" + user + "@flaky.test");
      case 2 ->
          List.of(
              "a@sink.test", "b@flaky.test", "c@sink.test", "d@flaky.test", "alice@example.test");
      case 3 -> List.of("alice@example.test");
      case 4 -> List.of("user" + user + "@sink.test", Books.REFUSED);
      default -> List.of("user" + user + "@sink.test");
    };
  }
}

package io.gatepost.system.scenarios;

import io.gatepost.system.Estate;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/// A few clients that send one message after the other, to a next hop or to a mailbox, over
/// connections that they keep. What is put off is not sent again, so that each message is one case.
final class SteadyMail implements AutoCloseable {

  static final int CLIENTS = 4;
  static final String LOCAL = "alice@example.test";

  private static final long PAUSE_MILLIS = 20;
  private static final long RECONNECT_MILLIS = 100;

  /// A reply other than what a message needs to go on.
  ///
  /// @param from when its command was begun, in nanoseconds
  /// @param until when it was there
  record Heard(String command, String reply, long from, long until) {}

  private final Supplier<InetSocketAddress> server;
  private final Set<String> promised = ConcurrentHashMap.newKeySet();
  private final Queue<Heard> putOff = new ConcurrentLinkedQueue<>();
  private final Queue<Heard> refused = new ConcurrentLinkedQueue<>();
  private final Set<String> unanswered = ConcurrentHashMap.newKeySet();
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean stopping;

  SteadyMail(Supplier<InetSocketAddress> server) {
    this.server = server;
    for (int i = 0; i < CLIENTS; i++) {
      String recipient = i % 2 == 0 ? "user" + i + "@sink.test" : LOCAL;
      clients.add(Thread.ofVirtual().name("mail-" + i).start(() -> run(recipient)));
    }
  }

  /// Message-IDs of those that were answered with 250.
  Set<String> promised() {
    return promised;
  }

  /// Replies that begin with 4.
  List<Heard> putOff() {
    return List.copyOf(putOff);
  }

  /// Replies that begin with 5.
  List<Heard> refused() {
    return List.copyOf(refused);
  }

  /// Message-IDs of those whose final dot has no reply.
  Set<String> unanswered() {
    return unanswered;
  }

  /// Ends when the messages under way have.
  @Override
  public void close() {
    stopping = true;
    for (Thread client : clients) {
      try {
        client.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run(String recipient) {
    while (!stopping) {
      try (SmtpClient client = SmtpClient.connect(server.get())) {
        long began = System.nanoTime();
        if (isGood("", client.reply(), "220", began) && asked(client, "EHLO client.example")) {
          while (!stopping && sendOne(client, recipient)) {
            Thread.sleep(PAUSE_MILLIS);
          }
        }
      } catch (IOException e) {
        // The edge is away: there is nothing to be heard.
      } catch (InterruptedException e) {
        return;
      }
      pause();
    }
  }

  /// False where the connection is of no more use, or the message was not taken.
  private boolean sendOne(SmtpClient client, String recipient) throws IOException {
    if (!asked(client, "MAIL FROM:<bob@example.test>")
        || !asked(client, "RCPT TO:<" + recipient + ">")) {
      return false;
    }
    long began = System.nanoTime();
    if (!isGood("DATA", client.say("DATA"), "354", began)) {
      return false;
    }
    String id = Estate.newMessageId();
    unanswered.add(id);
    client.send(Estate.message(id));
    began = System.nanoTime();
    String reply = client.say(".");
    if (!reply.isEmpty()) {
      unanswered.remove(id);
    }
    boolean taken = isGood(".", reply, "250", began);
    if (taken) {
      promised.add(id);
    }
    return taken;
  }

  private boolean asked(SmtpClient client, String command) throws IOException {
    long began = System.nanoTime();
    return isGood(command, client.say(command), "250", began);
  }

  private boolean isGood(String command, String reply, String wanted, long began) {
    if (reply.startsWith("4") || reply.startsWith("5")) {
      (reply.startsWith("4") ? putOff : refused)
          .add(new Heard(command, reply, began, System.nanoTime()));
    }
    return reply.startsWith(wanted);
  }

  private static void pause() {
    try {
      Thread.sleep(RECONNECT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.gatepost.system.power;

import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;

/// Clients that send what a mail host gets to see, all at once, and remember what was acknowledged.
final class Load implements AutoCloseable {

  private static final int CLIENTS = 6;
  private static final int MAX_RECIPIENTS = 4;
  private static final String SENDER = "sender@client.example";

  /// A message for which the client has read a 250.
  record Acknowledged(List<String> recipients, String body) {}

  private final InetSocketAddress server;
  private final List<String> domains;
  private final Map<String, Acknowledged> acknowledged;
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean ending;

  private Load(
      InetSocketAddress server, List<String> domains, Map<String, Acknowledged> acknowledged) {
    this.server = server;
    this.domains = domains;
    this.acknowledged = acknowledged;
  }

  /// @param acknowledged takes what is, by Message-ID
  static Load start(
      InetSocketAddress server,
      List<String> domains,
      long seed,
      Map<String, Acknowledged> acknowledged) {
    Load load = new Load(server, domains, acknowledged);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < CLIENTS; i++) {
      SplittableRandom own = random.split();
      load.clients.add(Thread.ofVirtual().name("load-" + i).start(() -> load.run(own)));
    }
    return load;
  }

  /// Sends one message; returns the reply that decided.
  static String send(
      SmtpClient client,
      List<String> recipients,
      String body,
      Map<String, Acknowledged> acknowledged)
      throws IOException {
    String key = "<" + UUID.randomUUID() + "@client.example>";
    String reply = client.next(SENDER, recipients, "Message-ID: " + key + "\r\n\r\n" + body);
    if (reply.startsWith("250")) {
      acknowledged.put(key, new Acknowledged(recipients, body));
    }
    return reply;
  }

  /// Stops sending; returns when no client waits for a reply any more.
  @Override
  public void close() {
    ending = true;
    try {
      for (Thread client : clients) {
        client.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(SplittableRandom random) {
    try (SmtpClient client = SmtpClient.connect(server)) {
      client.reply();
      client.say("EHLO client.example");
      while (!ending) {
        send(client, recipients(random), body(random), acknowledged);
      }
    } catch (IOException e) {
      // The server was killed: what it had not acknowledged may be lost.
    }
  }

  private List<String> recipients(SplittableRandom random) {
    List<String> recipients = new ArrayList<>();
    for (int i = random.nextInt(MAX_RECIPIENTS); i >= 0; i--) {
      String domain = domains.get(random.nextInt(domains.size()));
      String address = domain.contains("@") ? domain : "r" + random.nextInt(1000) + "@" + domain;
      if (!recipients.contains(address)) {
        recipients.add(address);
      }
    }
    return recipients;
  }

  /// Most are small; some are large enough to leave the record when they are deferred, and some are
  /// never in it.
  private static String body(SplittableRandom random) {
    int kind = random.nextInt(20);
    int lines =
        kind < 13
            ? random.nextInt(1, 40)
            : kind < 17 ? random.nextInt(200, 700) : random.nextInt(1200, 3000);
    StringBuilder body = new StringBuilder(lines * 66);
    for (int i = 0; i < lines; i++) {
      body.append(Long.toHexString(random.nextLong() | Long.MIN_VALUE).repeat(4)).append("\r\n");
    }
    return body.toString();
  }
}

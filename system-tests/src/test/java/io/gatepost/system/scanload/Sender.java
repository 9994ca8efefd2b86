package io.gatepost.system.scanload;

import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/// A client's session. It pipelines what comes before the content, and tells how long it waited for
/// its verdict.
final class Sender implements AutoCloseable {

  private static final String RECIPIENT = "someone@sink.test";

  /// Octets that a slow client sends at a time.
  private static final int PIECE = 512;

  private final SmtpClient client;

  /// The end of a message.
  ///
  /// @param reply the reply that decided; empty where the server has closed
  /// @param took from the final dot to the reply; zero where it came before the content
  record Verdict(String reply, Duration took) {
    boolean isAccepted() {
      return reply.startsWith("250");
    }
  }

  private Sender(SmtpClient client) {
    this.client = client;
  }

  /// Connects and says EHLO.
  ///
  /// @param from the address to connect from
  static Sender connect(InetSocketAddress server, String from) throws IOException {
    SmtpClient client = SmtpClient.connect(server, from);
    try {
      client.reply();
      client.say("EHLO client.example");
      return new Sender(client);
    } catch (IOException e) {
      client.close();
      throw e;
    }
  }

  /// A message of so many octets at least.
  static String message(String messageId, int octets) {
    String line = "Some text that fills the line until it is as long as lines in letters are.\r\n";
    return "Message-ID: "
        + messageId
        + "\r\nSubject: a test\r\n\r\n"
        + line.repeat(octets / line.length() + 1);
  }

  /// Sends a message at full speed.
  Verdict send(String sender, String content) throws IOException {
    String refusal = begin(sender);
    return refusal.isEmpty() ? end(content) : new Verdict(refusal, Duration.ZERO);
  }

  /// Sends a message at so many octets a second.
  Verdict trickle(String sender, String content, int rate) throws IOException {
    String refusal = begin(sender);
    if (!refusal.isEmpty()) {
      return new Verdict(refusal, Duration.ZERO);
    }
    long began = System.nanoTime();
    for (int at = 0; at < content.length(); at += PIECE) {
      client.send(content.substring(at, Math.min(at + PIECE, content.length())));
      pause(began + (at + PIECE) * 1_000_000_000L / rate - System.nanoTime());
    }
    return end("");
  }

  private static void pause(long nanos) throws IOException {
    try {
      Thread.sleep(Duration.ofNanos(Math.max(0, nanos)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /// The reply that is against it; empty where the content may come.
  private String begin(String sender) throws IOException {
    client.send("MAIL FROM:<" + sender + ">\r\nRCPT TO:<" + RECIPIENT + ">\r\nDATA\r\n");
    String mail = client.reply();
    String rcpt = client.reply();
    String data = client.reply();
    if (data.startsWith("354")) {
      return "";
    }
    return !mail.startsWith("250") ? mail : rcpt.startsWith("250") ? data : rcpt;
  }

  private Verdict end(String content) throws IOException {
    long dotAt = System.nanoTime();
    client.send(content + ".\r\n");
    String reply = client.reply();
    return new Verdict(reply, Duration.ofNanos(System.nanoTime() - dotAt));
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}

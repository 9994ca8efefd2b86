package io.gatepost.bench.load;

import java.net.InetSocketAddress;
import java.time.Duration;

/// Clients that fill a queue: message after message, each to the next of many domains. Order:
/// `MESSAGES DESTINATIONS`.
public final class FillLoad implements Sessions.Client {

  /// The result of a run.
  ///
  /// @param accepted messages
  /// @param failed messages that were refused, or lost with their session
  /// @param example the first reply that was not expected
  public record Outcome(int accepted, int failed, String example, double seconds) {}

  /// Destination N is the domain `dN.` and this.
  public static final String PARENT_DOMAIN = "dead.test";

  /// Octets of a message's content.
  private static final int SIZE = 1024;

  private static final int LINE = 64;
  private static final int SESSIONS = 50;
  private static final int MAX_SESSIONS = 1 << 17;
  private static final int POLL_MILLIS = 1000;
  private static final Duration STALL = Duration.ofSeconds(60);

  private static final byte[] EHLO = Sessions.octets("EHLO client.test\r\n");
  private static final byte[] MAIL = Sessions.octets("MAIL FROM:<load@source.test>\r\n");
  private static final byte[] DATA = Sessions.octets("DATA\r\n");
  private static final byte[] CONTENT =
      Sessions.octets(
          "Subject: waiting\r\n\r\n"
              + ("x".repeat(LINE - 2) + "\r\n").repeat(SIZE / LINE - 1)
              + ".\r\n");

  /// The reply that a session waits for.
  private enum Awaited {
    GREETING,
    EHLO,
    MAIL,
    RCPT,
    DATA,
    CONTENT
  }

  private final Sessions sessions;
  private final Awaited[] awaited = new Awaited[MAX_SESSIONS];
  private int destinations;
  private int toSend;
  private int sent;
  private int accepted;
  private String example = "";

  private FillLoad(Sessions sessions) {
    this.sessions = sessions;
  }

  /// Carries out orders on standard input.
  ///
  /// @param arguments host and port
  public static void main(String[] arguments) {
    InetSocketAddress server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
    try (Sessions sessions = new Sessions(server, 1)) {
      FillLoad load = new FillLoad(sessions);
      LoadProcess.serve(words -> load.fill(Integer.parseInt(words[0]), Integer.parseInt(words[1])));
    }
  }

  private Outcome fill(int messages, int intoDestinations) {
    destinations = intoDestinations;
    toSend = messages;
    accepted = 0;
    long begin = System.nanoTime();
    for (int i = 0; i < SESSIONS && i < messages; i++) {
      awaited[sessions.open()] = Awaited.GREETING;
    }
    int done = 0;
    long lastMove = begin;
    while (sessions.size() > 0 && System.nanoTime() - lastMove < STALL.toNanos()) {
      sessions.poll(POLL_MILLIS, this);
      if (accepted > done) {
        done = accepted;
        lastMove = System.nanoTime();
      }
    }
    sessions.closeAll();
    return new Outcome(accepted, messages - accepted, example, (System.nanoTime() - begin) / 1e9);
  }

  @Override
  public void onReply(int session, int code) {
    boolean isFine = code / 100 == (awaited[session] == Awaited.DATA ? 3 : 2);
    if (!isFine) {
      example = example.isEmpty() ? sessions.received() : example;
      sessions.close(session);
      return;
    }
    switch (awaited[session]) {
      case GREETING -> send(session, EHLO, Awaited.EHLO);
      case EHLO -> next(session);
      case MAIL -> send(session, recipient(), Awaited.RCPT);
      case RCPT -> send(session, DATA, Awaited.DATA);
      case DATA -> send(session, CONTENT, Awaited.CONTENT);
      case CONTENT -> {
        accepted++;
        next(session);
      }
    }
  }

  private void next(int session) {
    if (toSend > 0) {
      toSend--;
      send(session, MAIL, Awaited.MAIL);
    } else {
      sessions.close(session);
    }
  }

  private byte[] recipient() {
    return Sessions.octets("RCPT TO:<u@d" + sent++ % destinations + "." + PARENT_DOMAIN + ">\r\n");
  }

  private void send(int session, byte[] octets, Awaited next) {
    awaited[session] = next;
    sessions.send(session, octets);
  }

  @Override
  public void onEnd(int session) {
    example = example.isEmpty() ? "the connection was closed" : example;
  }
}

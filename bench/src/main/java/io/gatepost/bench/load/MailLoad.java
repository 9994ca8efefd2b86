package io.gatepost.bench.load;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;

/// Clients that send messages over kept connections: MAIL, RCPT, DATA, the content, each after the
/// reply to the one before. Unlike [SmtpSource] they say how long each message waits for the reply
/// to its end.
public final class MailLoad implements Sessions.Client {

  /// Messages to send.
  ///
  /// @param concurrency sessions at a time
  /// @param size of a message's content, in octets
  public record Order(int concurrency, int size, int count) {

    private static Order of(String[] words) {
      int[] n = Arrays.stream(words).mapToInt(Integer::parseInt).toArray();
      return new Order(n[0], n[1], n[2]);
    }

    /// As [LoadProcess#order] wants it.
    public Object[] words() {
      return new Object[] {concurrency, size, count};
    }
  }

  /// The result of a run.
  ///
  /// @param accepted messages that were taken
  /// @param wrong messages that were not, or whose connection ended before
  /// @param example the first reply that was not expected
  /// @param reply from the end of a message to its reply
  public record Outcome(int accepted, int wrong, String example, double seconds, Latencies reply) {}

  private static final int OURS = 0x7f000001; // 127.0.0.1
  private static final int MAX_SESSIONS = 1 << 17;
  private static final int POLL_MILLIS = 1000;

  /// Octets that are sent in one call at most.
  private static final int PIECE = 8192;

  /// How long no message may be answered before the rest counts as wrong.
  private static final Duration STALL = Duration.ofSeconds(60);

  private static final String LINE = "0123456789".repeat(7) + "\r\n";

  private static final byte[] EHLO = Sessions.octets("EHLO client.test\r\n");
  private static final byte[] MAIL = Sessions.octets("MAIL FROM:<load@source.test>\r\n");
  private static final byte[] RCPT =
      Sessions.octets("RCPT TO:<sink@" + SmtpSource.DOMAIN + ">\r\n");
  private static final byte[] DATA = Sessions.octets("DATA\r\n");
  private static final byte[] QUIT = Sessions.octets("QUIT\r\n");

  private final Sessions sessions;
  private final Awaited[] awaited = new Awaited[MAX_SESSIONS];
  private final long[] ended = new long[MAX_SESSIONS];
  private Order order = new Order(0, 0, 0);
  private byte[] content = new byte[0];
  private long[] nanos = new long[0];
  private int toSend;
  private int accepted;
  private int wrong;
  private String example = "";

  private enum Awaited {
    GREETING,
    EHLO,
    MAIL,
    RCPT,
    DATA,
    END,
    QUIT
  }

  private MailLoad(Sessions sessions) {
    this.sessions = sessions;
  }

  /// Carries out the words of an [Order] from standard input, as often as they come, and answers
  /// each with an [Outcome].
  ///
  /// @param arguments host and port
  public static void main(String[] arguments) {
    InetSocketAddress server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
    try (Sessions sessions = new Sessions(server, 1)) {
      MailLoad load = new MailLoad(sessions);
      LoadProcess.serve(words -> load.run(Order.of(words)));
    }
  }

  private Outcome run(Order given) {
    order = given;
    content = content(order.size());
    nanos = new long[order.count()];
    toSend = order.count();
    accepted = 0;
    wrong = 0;
    example = "";
    long begin = System.nanoTime();
    for (int i = 0; i < Math.min(order.concurrency(), order.count()); i++) {
      begin();
    }
    int done = 0;
    long lastMove = begin;
    while (accepted + wrong < order.count() && System.nanoTime() - lastMove < STALL.toNanos()) {
      sessions.poll(POLL_MILLIS, this);
      if (accepted + wrong > done) {
        done = accepted + wrong;
        lastMove = System.nanoTime();
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    wrong += order.count() - accepted - wrong;
    sessions.closeAll();
    return new Outcome(accepted, wrong, example, seconds, Latencies.ofNanos(nanos, accepted));
  }

  private static byte[] content(int size) {
    StringBuilder text = new StringBuilder(size + LINE.length());
    text.append("From: load@source.test\r\nTo: sink@sink.test\r\nSubject: measured\r\n\r\n");
    while (text.length() < size) {
      text.append(LINE);
    }
    return Sessions.octets(text.append(".\r\n").toString());
  }

  private void begin() {
    awaited[sessions.openFrom(OURS)] = Awaited.GREETING;
  }

  @Override
  public void onReply(int session, int code) {
    Awaited step = awaited[session];
    boolean isExpected = code / 100 == (step == Awaited.DATA ? 3 : 2);
    if (!isExpected) {
      lose(session, sessions.received());
      return;
    }
    switch (step) {
      case GREETING -> send(session, EHLO, Awaited.EHLO);
      case EHLO -> next(session);
      case MAIL -> send(session, RCPT, Awaited.RCPT);
      case RCPT -> send(session, DATA, Awaited.DATA);
      case DATA -> sendContent(session);
      case END -> {
        nanos[accepted++] = System.nanoTime() - ended[session];
        next(session);
      }
      case QUIT -> sessions.close(session);
    }
  }

  private void next(int session) {
    if (toSend > 0) {
      toSend--;
      send(session, MAIL, Awaited.MAIL);
    } else {
      send(session, QUIT, Awaited.QUIT);
    }
  }

  private void sendContent(int session) {
    awaited[session] = Awaited.END;
    for (int from = 0; from < content.length; from += PIECE) {
      byte[] piece = Arrays.copyOfRange(content, from, Math.min(content.length, from + PIECE));
      ended[session] = System.nanoTime();
      if (!sessions.send(session, piece)) {
        lose(session, "the connection did not take the content");
        return;
      }
    }
  }

  private void send(int session, byte[] octets, Awaited reply) {
    awaited[session] = reply;
    sessions.send(session, octets);
  }

  @Override
  public void onEnd(int session) {
    if (awaited[session] != Awaited.QUIT) {
      count("the connection was closed");
    }
  }

  private void lose(int session, String why) {
    sessions.close(session);
    count(why);
  }

  private void count(String why) {
    wrong++;
    if (example.isEmpty()) {
      example = why;
    }
    if (toSend > 0) {
      begin();
    }
  }
}

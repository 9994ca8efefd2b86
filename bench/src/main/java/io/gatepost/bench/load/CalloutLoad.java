package io.gatepost.bench.load;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;

/// Clients that name recipients in a domain with a next hop that knows every other one: connect,
/// EHLO, MAIL, RCPT once or several times, QUIT, each after the reply to the one before.
public final class CalloutLoad implements Sessions.Client {

  /// Recipients to ask for.
  ///
  /// @param first number of the first one
  /// @param pool how many there are; after the last the first is next
  public record Order(int concurrency, int recipientsEach, int first, int pool, int count) {

    private static Order of(String[] words) {
      int[] n = Arrays.stream(words).mapToInt(Integer::parseInt).toArray();
      return new Order(n[0], n[1], n[2], n[3], n[4]);
    }

    /// As [LoadProcess#order] wants it.
    public Object[] words() {
      return new Object[] {concurrency, recipientsEach, first, pool, count};
    }
  }

  /// The result of a run.
  ///
  /// @param verified recipients that were answered as the next hop would answer
  /// @param later recipients that were put off
  /// @param wrong recipients that got another reply, or none
  /// @param example the first reply that was not expected
  /// @param rcpt from RCPT to its reply
  public record Outcome(
      int verified, int later, int wrong, String example, double seconds, Latencies rcpt) {}

  private static final int SOURCES = 100;
  private static final int MAX_SESSIONS = 1 << 17;
  private static final int POLL_MILLIS = 1000;

  /// How long no recipient may be answered before the rest counts as wrong.
  private static final Duration STALL = Duration.ofSeconds(60);

  private static final int USER_DIGITS = 9;

  private static final byte[] EHLO = Sessions.octets("EHLO client.test\r\n");
  // The null reverse-path: some look up a sender's domain in the DNS.
  private static final byte[] MAIL = Sessions.octets("MAIL FROM:<>\r\n");
  private static final byte[] QUIT = Sessions.octets("QUIT\r\n");
  private static final byte[] GOOD = recipient(NextHop.KNOWN);
  private static final byte[] BAD = recipient("wrong");
  private static final int USER_AT = "RCPT TO:<known".length();

  /// The command that a session waits for the reply to.
  private enum Awaited {
    GREETING,
    EHLO,
    MAIL,
    RCPT,
    QUIT
  }

  private final Sessions sessions;
  private final Awaited[] awaited = new Awaited[MAX_SESSIONS];
  private final int[] left = new int[MAX_SESSIONS];
  private final boolean[] isKnown = new boolean[MAX_SESSIONS];
  private final long[] asked = new long[MAX_SESSIONS];
  private long[] nanos = new long[0];
  private Order order = new Order(0, 0, 0, 0, 0);
  private int begun;
  private int next;
  private int verified;
  private int later;
  private int wrong;
  private String example = "";

  private CalloutLoad(Sessions sessions) {
    this.sessions = sessions;
  }

  /// Carries out the words of an [Order] from standard input, as often as they come, and answers
  /// each with an [Outcome].
  ///
  /// @param arguments host and port
  public static void main(String[] arguments) {
    InetSocketAddress server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
    try (Sessions sessions = new Sessions(server, SOURCES)) {
      CalloutLoad load = new CalloutLoad(sessions);
      LoadProcess.serve(words -> load.run(Order.of(words)));
    }
  }

  private Outcome run(Order given) {
    order = given;
    nanos = new long[order.count()];
    begun = 0;
    next = 0;
    verified = 0;
    later = 0;
    wrong = 0;
    example = "";
    long begin = System.nanoTime();
    for (int i = 0; i < order.concurrency(); i++) {
      begin();
    }
    int done = 0;
    long lastMove = begin;
    while (sessions.size() > 0 && System.nanoTime() - lastMove < STALL.toNanos()) {
      sessions.poll(POLL_MILLIS, this);
      if (answered() > done) {
        done = answered();
        lastMove = System.nanoTime();
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    sessions.closeAll();
    int missing = order.count() - answered();
    return new Outcome(
        verified,
        later,
        wrong + missing,
        missing > 0 && example.isEmpty() ? "no reply" : example,
        seconds,
        Latencies.ofNanos(nanos, verified + later));
  }

  private int answered() {
    return verified + later + wrong;
  }

  /// Begins a session where recipients are left for one.
  private void begin() {
    int recipients = Math.min(order.recipientsEach(), order.count() - begun);
    if (recipients > 0) {
      begun += recipients;
      int session = sessions.open();
      left[session] = recipients;
      awaited[session] = Awaited.GREETING;
    }
  }

  @Override
  public void onReply(int session, int code) {
    if (awaited[session] == Awaited.RCPT) {
      judge(session, code);
    } else if (code / 100 != 2) {
      sessions.close(session);
      lose(session, sessions.received());
      return;
    }
    switch (awaited[session]) {
      case GREETING -> send(session, EHLO, Awaited.EHLO);
      case EHLO -> send(session, MAIL, Awaited.MAIL);
      case MAIL, RCPT -> ask(session);
      case QUIT -> {
        sessions.close(session);
        begin();
      }
    }
  }

  private void judge(int session, int code) {
    left[session]--;
    if (code == (isKnown[session] ? 250 : 550)) {
      nanos[verified + later] = System.nanoTime() - asked[session];
      verified++;
    } else if (code / 100 == 4 && code != 421) {
      nanos[verified + later] = System.nanoTime() - asked[session];
      later++;
      note(sessions.received());
    } else {
      wrong++;
      note(sessions.received());
    }
  }

  private void ask(int session) {
    if (left[session] == 0) {
      awaited[session] = Awaited.QUIT;
      // Exim waits for up to 200 ms before its reply where the client does not end its side.
      sessions.sendLast(session, QUIT);
      return;
    }
    int user = order.first() + next++ % order.pool();
    isKnown[session] = user % 2 == 0;
    byte[] command = isKnown[session] ? GOOD : BAD;
    for (int i = USER_DIGITS - 1, rest = user; i >= 0; i--, rest /= 10) {
      command[USER_AT + i] = (byte) ('0' + rest % 10);
    }
    asked[session] = System.nanoTime();
    send(session, command, Awaited.RCPT);
  }

  private void send(int session, byte[] octets, Awaited reply) {
    awaited[session] = reply;
    sessions.send(session, octets);
  }

  @Override
  public void onEnd(int session) {
    lose(session, "the connection was closed");
  }

  private void lose(int session, String why) {
    if (left[session] > 0) {
      wrong += left[session];
      note(why);
    }
    begin();
  }

  private void note(String reply) {
    if (example.isEmpty()) {
      example = reply;
    }
  }

  private static byte[] recipient(String name) {
    return Sessions.octets(
        "RCPT TO:<" + name + "0".repeat(USER_DIGITS) + "@" + SmtpSource.DOMAIN + ">\r\n");
  }
}

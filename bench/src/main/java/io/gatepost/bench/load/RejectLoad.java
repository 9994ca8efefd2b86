package io.gatepost.bench.load;

import java.net.InetSocketAddress;
import java.time.Duration;

/// Clients that are refused at RCPT: connect, EHLO, MAIL, RCPT, QUIT, each after the reply to the
/// one before.
public final class RejectLoad implements Sessions.Client {

  /// Who the clients are. Those of lists are few, so that the answers about them are known after
  /// the first round.
  public enum Clients {
    /// They try users who do not exist.
    UNLISTED,
    /// They are on a list, and name a user who exists.
    LISTED,
    /// Every other one is on a list, the others try users who do not exist.
    EVERY_OTHER_LISTED
  }

  /// The result of a run.
  ///
  /// @param refused sessions whose recipient was refused for good
  /// @param other sessions that got another reply somewhere
  /// @param failed sessions that the server ended early
  /// @param example the first of the other replies
  /// @param rcpt from RCPT to its reply
  public record Outcome(
      int refused,
      int other,
      int failed,
      String example,
      double seconds,
      Latencies session,
      Latencies rcpt) {

    public int sessions() {
      return refused + other + failed;
    }
  }

  private static final int SOURCES = 100;
  private static final int MAX_SESSIONS = 1 << 17;
  private static final int GREETING = 0;
  private static final int MAIL = 2;
  private static final int RCPT = 3;
  private static final int QUIT = 4;

  private static final byte[][] COMMANDS = {
    Sessions.octets("EHLO client.test\r\n"),
    // The null reverse-path: some look up a sender's domain in the DNS, which is not what is
    // measured.
    Sessions.octets("MAIL FROM:<>\r\n"),
    Sessions.octets("RCPT TO:<nobody000000000@example.test>\r\n"),
    Sessions.octets("QUIT\r\n")
  };

  private static final byte[] TO_USER =
      Sessions.octets("RCPT TO:<" + Traffic.USER + "@" + Traffic.DOMAIN + ">\r\n");

  private static final int[] EXPECTED = {2, 2, 2, 5, 2};
  private static final int USER_AT = "RCPT TO:<nobody".length();
  private static final int USER_DIGITS = 9;

  /// How long no session may come to its end before the rest counts as failed.
  private static final Duration STALL = Duration.ofSeconds(30);

  private static final int POLL_MILLIS = 1000;

  private final Sessions sessions;
  private final int[] waitsFor = new int[MAX_SESSIONS];
  private final boolean[] isOdd = new boolean[MAX_SESSIONS];
  private final long[] begun = new long[MAX_SESSIONS];
  private final boolean[] isListed = new boolean[MAX_SESSIONS];
  private final long[] asked = new long[MAX_SESSIONS];
  private long[] nanos = new long[0];
  private long[] rcptNanos = new long[0];
  private Clients clients = Clients.UNLISTED;
  private int users;
  private int opened;
  private int answered;
  private String example = "";
  private int toOpen;
  private int refused;
  private int other;
  private int failed;

  private RejectLoad(Sessions sessions) {
    this.sessions = sessions;
  }

  /// Reads `CONCURRENCY SESSIONS CLIENTS` from standard input, as often as it comes, and answers
  /// each with an [Outcome].
  public static void main(String[] arguments) {
    InetSocketAddress server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
    try (Sessions sessions = new Sessions(server, SOURCES)) {
      RejectLoad load = new RejectLoad(sessions);
      LoadProcess.serve(words ->
          load.run(
              Integer.parseInt(words[0]), Integer.parseInt(words[1]), Clients.valueOf(words[2])));
    }
  }

  private Outcome run(int concurrency, int count, Clients given) {
    clients = given;
    nanos = new long[count];
    rcptNanos = new long[count];
    answered = 0;
    toOpen = count;
    refused = 0;
    other = 0;
    failed = 0;
    example = "";
    long begin = System.nanoTime();
    while (sessions.size() < concurrency && toOpen > 0) {
      begin();
    }
    int done = 0;
    long lastMove = begin;
    while (sessions.size() > 0 && System.nanoTime() - lastMove < STALL.toNanos()) {
      sessions.poll(POLL_MILLIS, this);
      if (refused + other + failed > done) {
        done = refused + other + failed;
        lastMove = System.nanoTime();
      }
    }
    failed += sessions.size();
    sessions.closeAll();
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Outcome(
        refused,
        other,
        failed,
        example,
        seconds,
        Latencies.ofNanos(nanos, refused + other),
        Latencies.ofNanos(rcptNanos, answered));
  }

  private void begin() {
    toOpen--;
    int number = opened++;
    boolean listed =
        switch (clients) {
          case UNLISTED -> false;
          case LISTED -> true;
          case EVERY_OTHER_LISTED -> number % 2 == 0;
        };
    int session = listed ? sessions.openFrom(Addresses.listed(number % SOURCES)) : sessions.open();
    isListed[session] = listed;
    waitsFor[session] = GREETING;
    isOdd[session] = false;
    begun[session] = System.nanoTime();
  }

  @Override
  public void onReply(int session, int code) {
    int step = waitsFor[session];
    if (code / 100 != EXPECTED[step]) {
      isOdd[session] = true;
      if (example.isEmpty()) {
        example = sessions.received();
      }
    }
    if (step == RCPT) {
      rcptNanos[answered++] = System.nanoTime() - asked[session];
    }
    if (step < QUIT) {
      byte[] command = COMMANDS[step];
      if (step == MAIL) {
        asked[session] = System.nanoTime();
        if (isListed[session]) {
          command = TO_USER;
        } else {
          number(command);
        }
      }
      waitsFor[session] = step + 1;
      sessions.send(session, command);
      return;
    }
    nanos[refused + other] = System.nanoTime() - begun[session];
    if (isOdd[session]) {
      other++;
    } else {
      refused++;
    }
    sessions.close(session);
    next();
  }

  @Override
  public void onEnd(int session) {
    failed++;
    next();
  }

  private void next() {
    if (toOpen > 0) {
      begin();
    }
  }

  /// Another user in each session, so that no server knows the answer from before.
  private void number(byte[] command) {
    int user = users++;
    for (int i = USER_DIGITS - 1; i >= 0; i--) {
      command[USER_AT + i] = (byte) ('0' + user % 10);
      user /= 10;
    }
  }
}

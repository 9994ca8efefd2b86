package io.gatepost.bench.load;

import java.net.InetSocketAddress;
import java.time.Duration;

/// Clients that send a message a line a second, and never come to its end. Order: `dribble N`,
/// until N clients are in DATA; they then go on by themselves until the process is ended.
public final class DribbleLoad implements Sessions.Client {

  /// The result of a run.
  ///
  /// @param dribbling clients that are in DATA
  /// @param lost clients that the server has not let in, or has ended, since the start
  /// @param example what it said to one of them
  public record Outcome(int dribbling, int lost, String example) {}

  private static final int SOURCES = 64;
  private static final int MAX_SESSIONS = 1 << 17;
  private static final int POLL_MILLIS = 10;

  /// Clients that are brought to DATA at a time.
  private static final int OPENING = 20;

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(1);
  private static final Duration STALL = Duration.ofSeconds(60);

  private static final byte[][] COMMANDS = {
    Sessions.octets("EHLO client.test\r\n"),
    Sessions.octets("MAIL FROM:<load@source.test>\r\n"),
    Sessions.octets("RCPT TO:<slow@" + SmtpSource.DOMAIN + ">\r\n"),
    Sessions.octets("DATA\r\n")
  };

  private static final byte[] HEADER = Sessions.octets("Subject: slowly\r\n\r\n");
  private static final byte[] LINE =
      Sessions.octets("One line of a message that comes over a line with little to spare.\r\n");

  private static final int IN_DATA = COMMANDS.length + 1;
  private static final int GONE = -1;

  private final Sessions sessions;
  private final int[] step = new int[MAX_SESSIONS];
  private final long[] nextLine = new long[MAX_SESSIONS];
  private int highest;
  private int opening;
  private int dribbling;
  private int lost;
  private String example = "";

  private DribbleLoad(Sessions sessions) {
    this.sessions = sessions;
  }

  /// Carries out orders on standard input.
  ///
  /// @param arguments host and port
  public static void main(String[] arguments) {
    InetSocketAddress server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
    try (Sessions sessions = new Sessions(server, SOURCES)) {
      DribbleLoad load = new DribbleLoad(sessions);
      LoadProcess.serve(words -> load.obey(words[0], Integer.parseInt(words[1])), load::goOn);
    }
  }

  private Outcome obey(String order, int count) {
    if (order.equals("dribble")) {
      bring(count);
    }
    return new Outcome(dribbling, lost, example);
  }

  private void bring(int count) {
    long lastMove = System.nanoTime();
    int before = dribbling;
    while (dribbling + lost < count && System.nanoTime() - lastMove < STALL.toNanos()) {
      while (opening < OPENING && dribbling + lost + opening < count) {
        int session = sessions.open();
        step[session] = 0;
        highest = Math.max(highest, session);
        opening++;
      }
      goOn();
      if (dribbling > before) {
        before = dribbling;
        lastMove = System.nanoTime();
      }
    }
  }

  /// Takes what has come in, and sends the lines that are due.
  private void goOn() {
    sessions.poll(POLL_MILLIS, this);
    long now = System.nanoTime();
    for (int session = 0; session <= highest; session++) {
      if (step[session] == IN_DATA && now - nextLine[session] >= 0) {
        nextLine[session] += BETWEEN_LINES.toNanos();
        sessions.send(session, LINE);
      }
    }
  }

  @Override
  public void onReply(int session, int code) {
    int at = step[session];
    boolean isFine = code / 100 == (at == COMMANDS.length ? 3 : 2);
    if (!isFine || at > COMMANDS.length) {
      example = sessions.received();
      sessions.close(session);
      onEnd(session);
    } else if (at < COMMANDS.length) {
      sessions.send(session, COMMANDS[at]);
      step[session]++;
    } else {
      opening--;
      dribbling++;
      step[session] = IN_DATA;
      nextLine[session] = System.nanoTime() + BETWEEN_LINES.toNanos();
      sessions.send(session, HEADER);
    }
  }

  @Override
  public void onEnd(int session) {
    lost++;
    if (step[session] == IN_DATA) {
      dribbling--;
    } else {
      opening--;
    }
    step[session] = GONE;
  }
}

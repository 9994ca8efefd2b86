package io.gatepost.bench.load;

import io.gatepost.bench.measure.Pause;
import java.net.InetSocketAddress;
import java.time.Duration;

/// Clients that say EHLO and then nothing. Orders: `open N` until so many sit there, `probe N` new
/// clients one after the other while they do, `pass N` sessions that QUIT after EHLO, `leave 0` all
/// of them.
public final class IdleLoad implements Sessions.Client {

  /// Result of an order.
  ///
  /// @param sitting sessions that are open after their EHLO was answered
  /// @param lost sessions that the server has not let in, or has ended, since the start
  /// @param example what it said to one of them
  /// @param seconds how long the order took
  /// @param ehlo from the beginning of the connection to the last line of EHLO's reply
  public record Outcome(int sitting, int lost, String example, double seconds, Latencies ehlo) {}

  private static final int SOURCES = 64;
  private static final int MAX_SESSIONS = 1 << 17;

  /// Sessions that are opened at a time: backlogs are bounded.
  private static final int OPENING = 50;

  private static final int BETWEEN_PROBES_MILLIS = 3;
  private static final int POLL_MILLIS = 100;
  private static final Duration STALL = Duration.ofSeconds(30);

  private static final byte[] EHLO = Sessions.octets("EHLO client.test\r\n");
  private static final byte[] QUIT = Sessions.octets("QUIT\r\n");

  /// How far a session is.
  private enum Stage {
    CONNECTING,
    GREETED,
    SITTING,
    LEAVING
  }

  private final Sessions sessions;
  private final Stage[] stages = new Stage[MAX_SESSIONS];
  private final long[] begun = new long[MAX_SESSIONS];
  private long[] nanos = new long[0];
  private boolean staying;
  private int answered;
  private int sitting;
  private int lost;
  private String example = "";

  private IdleLoad(Sessions sessions) {
    this.sessions = sessions;
  }

  /// Carries out orders on standard input.
  ///
  /// @param arguments host and port
  public static void main(String[] arguments) {
    InetSocketAddress server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
    try (Sessions sessions = new Sessions(server, SOURCES)) {
      IdleLoad load = new IdleLoad(sessions);
      LoadProcess.serve(words -> load.obey(words[0], Integer.parseInt(words[1])));
    }
  }

  private Outcome obey(String order, int count) {
    nanos = new long[count];
    answered = 0;
    long begin = System.nanoTime();
    switch (order) {
      case "open" -> open(count);
      case "probe" -> probe(count);
      case "pass" -> pass(count);
      case "leave" -> {
        sessions.closeAll();
        sitting = 0;
      }
      default -> throw new IllegalArgumentException(order);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new Outcome(sitting, lost, example, seconds, Latencies.ofNanos(nanos, answered));
  }

  private void open(int count) {
    staying = true;
    many(count - sitting, OPENING);
  }

  private void pass(int count) {
    staying = false;
    many(count, OPENING);
  }

  private void probe(int count) {
    staying = false;
    for (int i = 0; i < count; i++) {
      many(1, 1);
      Pause.millis(BETWEEN_PROBES_MILLIS);
    }
  }

  /// Takes sessions to where they are to go, some at a time; gives up after half a minute in which
  /// none gets there.
  private void many(int count, int atATime) {
    int lostBefore = lost;
    int before = answered;
    int begun = 0;
    long lastMove = System.nanoTime();
    int done = 0;
    while (done < count && System.nanoTime() - lastMove < STALL.toNanos()) {
      while (begun < count && sessions.size() - sitting < atATime && begun - done < atATime) {
        begin();
        begun++;
      }
      sessions.poll(POLL_MILLIS, this);
      int now = answered - before + lost - lostBefore;
      if (now > done) {
        done = now;
        lastMove = System.nanoTime();
      }
    }
    if (done < count) {
      lost += count - done;
      giveUp();
    }
  }

  /// Ends the sessions that have not come to where they were to go.
  private void giveUp() {
    for (int session = 0; session < MAX_SESSIONS; session++) {
      if (sessions.isOpen(session) && stages[session] != Stage.SITTING) {
        sessions.close(session);
      }
    }
  }

  private void begin() {
    int session = sessions.open();
    stages[session] = Stage.CONNECTING;
    begun[session] = System.nanoTime();
  }

  @Override
  public void onReply(int session, int code) {
    boolean isFine = code / 100 == 2;
    switch (stages[session]) {
      case CONNECTING -> {
        stages[session] = Stage.GREETED;
        if (isFine) {
          sessions.send(session, EHLO);
        } else {
          lose(session);
        }
      }
      case GREETED -> {
        if (isFine) {
          answered(session);
        } else {
          lose(session);
        }
      }
      case SITTING -> {
        sitting--;
        lose(session); // told to go
      }
      case LEAVING -> sessions.close(session);
    }
  }

  private void answered(int session) {
    nanos[answered++] = System.nanoTime() - begun[session];
    if (staying) {
      stages[session] = Stage.SITTING;
      sitting++;
    } else {
      stages[session] = Stage.LEAVING;
      sessions.send(session, QUIT);
    }
  }

  private void lose(int session) {
    lost++;
    example = sessions.received();
    sessions.close(session);
  }

  @Override
  public void onEnd(int session) {
    switch (stages[session]) {
      case CONNECTING, GREETED -> lost++;
      case SITTING -> {
        sitting--;
        lost++;
      }
      case LEAVING -> {} // it may close before it says 221
    }
  }
}

package io.gatepost.bench.load;

import io.gatepost.bench.load.Traffic.Step;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// Clients of all classes of [Traffic]: each connects from an address of its class, says EHLO,
/// MAIL, RCPT, DATA and its message as far as it is let, each after the reply to the one before,
/// and QUIT.
public final class MixLoad implements Sessions.Client {

  /// Sessions of the mix.
  ///
  /// @param connections sessions at a time, each followed by the next; 0: they begin in their time,
  ///   however many are open
  /// @param millis how long they take to begin, where they begin in their time
  public record Order(int sessions, int connections, int millis) {

    private static Order of(String[] words) {
      int[] n = Arrays.stream(words).mapToInt(Integer::parseInt).toArray();
      return new Order(n[0], n[1], n[2]);
    }

    /// As [LoadProcess#order] wants it.
    public Object[] words() {
      return new Object[] {sessions, connections, millis};
    }
  }

  private static final int MAX_SESSIONS = 1 << 17;

  /// Sessions at a time, whatever is due: a process has only so many files.
  private static final int MAX_OPEN = 8_000;

  private static final int POLL_MILLIS = 1000;

  /// How long no session may come to its end before the rest counts as lost.
  private static final Duration STALL = Duration.ofSeconds(60);

  private static final Step[] STEPS = Step.values();

  private final Sessions sessions;
  private final MixCount.Session[] open = new MixCount.Session[MAX_SESSIONS];
  private MixSchedule schedule = MixSchedule.of(0, 0);
  private MixCount count = new MixCount(schedule);
  private int begun;

  /// Goes on from run to run, so that clients, senders and recipients are others each time.
  private int numbered;

  private MixLoad(Sessions sessions) {
    this.sessions = sessions;
  }

  /// Carries out the words of an [Order] from standard input, as often as they come, and answers
  /// each with a [MixOutcome].
  ///
  /// @param arguments host and port
  public static void main(String[] arguments) {
    InetSocketAddress server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
    try (Sessions sessions = new Sessions(server, 1)) {
      MixLoad load = new MixLoad(sessions);
      LoadProcess.serve(words -> load.run(Order.of(words)));
    }
  }

  private MixOutcome run(Order order) {
    schedule = MixSchedule.of(order.sessions(), order.millis() / 1e3);
    count = new MixCount(schedule);
    begun = 0;
    int most = order.connections() > 0 ? order.connections() : MAX_OPEN;
    long begin = System.nanoTime();
    long lastMove = begin;
    int ended = 0;
    while (ended < order.sessions() && System.nanoTime() - lastMove < STALL.toNanos()) {
      beginThoseDue(begin, most);
      sessions.poll(waitMillis(begin, most), this);
      if (count.ended() > ended || sessions.size() == 0) {
        ended = count.ended();
        lastMove = System.nanoTime();
      }
    }
    long nanos = System.nanoTime() - begin;
    sessions.closeAll();
    return count.outcome(nanos / 1e9);
  }

  private void beginThoseDue(long begin, int most) {
    while (begun < schedule.due().length && sessions.size() < most) {
      long late = System.nanoTime() - begin - schedule.due()[begun];
      if (late < 0) {
        return;
      }
      Traffic traffic = schedule.order()[begun];
      int session = sessions.openFrom(traffic.source(numbered));
      open[session] = count.begin(traffic, numbered, late);
      begun++;
      numbered++;
    }
  }

  /// Until the next session is due, rounded up.
  private int waitMillis(long begin, int most) {
    if (begun == schedule.due().length || sessions.size() >= most) {
      return POLL_MILLIS;
    }
    long nanos = schedule.due()[begun] - (System.nanoTime() - begin);
    long millis = TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
    return (int) Math.clamp(millis, 0, POLL_MILLIS);
  }

  @Override
  public void onReply(int session, int code) {
    MixCount.Session state = open[session];
    Step step = state.step();
    if (step == Step.QUIT) {
      sessions.close(session);
      count.end(state, "");
      return;
    }
    boolean isGood = code / 100 == (step == Step.DATA ? 3 : 2);
    count.replied(state, isGood, code, sessions.received());
    if (isGood && step != Step.CONTENT) {
      send(session, state, STEPS[step.ordinal() + 1]);
    } else {
      state.decided();
      send(session, state, Step.QUIT);
    }
  }

  private void send(int session, MixCount.Session state, Step step) {
    byte[] command = state.traffic().command(step, state.number());
    state.sends(step, command.length);
    sessions.send(session, command);
  }

  @Override
  public void onEnd(int session) {
    count.end(open[session], "the connection was closed");
  }
}

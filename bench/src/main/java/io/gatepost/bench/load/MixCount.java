package io.gatepost.bench.load;

import io.gatepost.bench.load.Traffic.Step;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Counts the sessions of a mix by class, and keeps the times of their steps where messages are
/// welcome.
final class MixCount {

  /// A session on its way.
  static final class Session {
    private final Traffic traffic;
    private final int number;
    private Step step = Step.GREETING;
    private long asked = System.nanoTime();
    private int octets;
    private boolean isDecided;
    private boolean isRight;

    private Session(Traffic traffic, int number) {
      this.traffic = traffic;
      this.number = number;
    }

    Traffic traffic() {
      return traffic;
    }

    int number() {
      return number;
    }

    /// The one whose reply it waits for.
    Step step() {
      return step;
    }

    /// Begins a step; octets behind the decision do not count.
    void sends(Step next, int length) {
      step = next;
      asked = System.nanoTime();
      if (!isDecided) {
        octets += length;
      }
    }

    /// It was accepted or refused.
    void decided() {
      isDecided = true;
    }
  }

  /// The sums of one class.
  private static final class Sums {
    private final long[][] nanos;
    private final int[] replies = new int[Step.QUIT.ordinal()];
    private int right;
    private int wrong;
    private long octets;

    private Sums(int steps, int sessions) {
      nanos = new long[steps][sessions];
    }
  }

  private final Map<Traffic, Sums> sums = new EnumMap<>(Traffic.class);
  private final long[] late;
  private int begun;
  private int ended;
  private String example = "";

  MixCount(MixSchedule schedule) {
    late = new long[schedule.due().length];
    int[] shares = MixSchedule.shares(late.length);
    for (Traffic traffic : Traffic.values()) {
      int steps = traffic.isWelcome() ? Step.QUIT.ordinal() : 0;
      sums.put(traffic, new Sums(steps, shares[traffic.ordinal()]));
    }
  }

  /// A session begins.
  ///
  /// @param lateNanos how long after its time
  Session begin(Traffic traffic, int number, long lateNanos) {
    late[begun++] = lateNanos;
    return new Session(traffic, number);
  }

  /// The server has answered the step that a session waits for.
  void replied(Session session, boolean isGood, int code, String text) {
    Traffic traffic = session.traffic;
    Step step = session.step;
    if (traffic.isWelcome()) {
      Sums ofClass = of(traffic);
      int reply = ofClass.replies[step.ordinal()]++;
      ofClass.nanos[step.ordinal()][reply] = System.nanoTime() - session.asked;
    }
    session.isRight =
        isGood
            ? traffic.isWelcome() && step == Step.CONTENT
            : code / 100 == 5 && traffic.isRefusedAt(step);
    boolean isDecision = !isGood || step == Step.CONTENT;
    if (isDecision && !session.isRight) {
      note(traffic, step, text);
    }
  }

  /// A session has ended.
  ///
  /// @param why where it was not by its own QUIT
  void end(Session session, String why) {
    ended++;
    Sums ofClass = of(session.traffic);
    ofClass.octets += session.octets;
    if (!session.isDecided) {
      note(session.traffic, session.step, why);
    } else if (session.isRight) {
      ofClass.right++;
    } else {
      ofClass.wrong++;
    }
  }

  int ended() {
    return ended;
  }

  /// Sessions that came to no decision are lost.
  MixOutcome outcome(double seconds) {
    List<MixOutcome.OfClass> classes = new ArrayList<>();
    List<MixOutcome.OfStep> steps = new ArrayList<>();
    int[] shares = MixSchedule.shares(late.length);
    sums.forEach((traffic, ofClass) -> {
      int sessions = shares[traffic.ordinal()];
      int lost = sessions - ofClass.right - ofClass.wrong;
      classes.add(new MixOutcome.OfClass(traffic, sessions, ofClass.right, lost, ofClass.octets));
      for (int step = 0; step < ofClass.nanos.length; step++) {
        steps.add(
            new MixOutcome.OfStep(
                traffic,
                Step.values()[step],
                Latencies.ofNanos(ofClass.nanos[step], ofClass.replies[step])));
      }
    });
    return new MixOutcome(classes, steps, example, seconds, Latencies.ofNanos(late, begun));
  }

  private Sums of(Traffic traffic) {
    Sums found = sums.get(traffic);
    if (found == null) {
      throw new IllegalStateException(traffic + " is not counted");
    }
    return found;
  }

  private void note(Traffic traffic, Step step, String text) {
    if (example.isEmpty()) {
      example = traffic.title() + " at " + step.title() + ": " + text;
    }
  }
}

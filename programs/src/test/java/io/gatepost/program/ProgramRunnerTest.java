package io.gatepost.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.program.ProgramEnd.Exited;
import io.gatepost.program.ProgramEnd.Limit;
import io.gatepost.program.ProgramEnd.Stopped;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/// How programs are fed, how they end, and what is left of them.
class ProgramRunnerTest {

  private static ProgramRunner runner;

  @BeforeAll
  static void start() throws IOException {
    runner = ProgramRunner.of(Runners.KEY, Runners.possible(ProgramLimits.DEFAULT));
  }

  @AfterAll
  static void stop() {
    runner.close();
  }

  private static ProgramRunner within(ProgramLimits bounds) throws IOException {
    return ProgramRunner.of(Runners.KEY, Runners.possible(bounds));
  }

  private static Flux<DataBuffer> octets(int pieces, int size) {
    return Flux.range(0, pieces)
        .map(_ -> DefaultDataBufferFactory.sharedInstance.wrap(new byte[size]));
  }

  private static String unique() {
    return "9" + System.nanoTime();
  }

  @Test
  void exitCodeOutputAndErrorsAreTheProgramsOwn() {
    assertThat(Runners.sh(runner, "echo found; echo oops >&2; exit 20"))
        .isEqualTo(new Exited(20, "found\n", "oops\n"));
  }

  @Test
  void noOutputIsLostAtTheEnd() {
    for (int i = 0; i < 100; i++) {
      assertThat(Runners.sh(runner, "echo " + i + "; echo oops >&2"))
          .isEqualTo(new Exited(0, i + "\n", "oops\n"));
    }
  }

  @Test
  void argumentsAreReadByNoShell() {
    assertThat(Runners.run(runner, "/usr/bin/printf", "%s|", "a b", "$HOME; exit 3", "*", "", "-x"))
        .isEqualTo(new Exited(0, "a b|$HOME; exit 3|*||-x|", ""));
  }

  @Test
  void aSignalIsToldByTheExitCode() {
    assertThat(Runners.sh(runner, "kill -TERM $$"))
        .isInstanceOfSatisfying(Exited.class, end -> assertThat(end.code()).isEqualTo(128 + 15));
  }

  @Test
  void aProgramThatIsNotThereSaysSo() {
    assertThat(Runners.run(runner, "/no/such/program"))
        .isInstanceOfSatisfying(
            Exited.class,
            end -> {
              assertThat(end.code()).isEqualTo(127);
              assertThat(end.errors()).contains("/no/such/program");
            });
  }

  @Test
  void inputComesWholeAndIsReadAheadByAFewPiecesOnly() throws IOException {
    AtomicLong made = new AtomicLong();
    Flux<DataBuffer> counted = octets(1024, 64 * 1024).doOnNext(_ -> made.incrementAndGet());
    String gate = "/tmp/gatepost-test-" + unique();
    try {
      // reads nothing before the file is there
      Program slow =
          Program.of("/bin/sh", "-c", "while ! test -e " + gate + "; do sleep 0.05; done; wc -c");
      var end = runner.run(slow, counted).toFuture();
      await().until(() -> made.get() > 0);

      assertThat(made).hasValueLessThan(8);
      java.nio.file.Files.createFile(java.nio.file.Path.of(gate));
      assertThat(end.orTimeout(60, java.util.concurrent.TimeUnit.SECONDS).join())
          .isEqualTo(new Exited(0, 64 * 1024 * 1024 + "\n", ""));
    } finally {
      java.nio.file.Files.deleteIfExists(java.nio.file.Path.of(gate));
    }
  }

  @Test
  void aProgramThatDoesNotReadIsJudgedByItsExitCode() {
    AtomicBoolean cancelled = new AtomicBoolean();
    Flux<DataBuffer> endless =
        octets(Integer.MAX_VALUE, 64 * 1024).doOnCancel(() -> cancelled.set(true));

    assertThat(
            runner
                .run(Program.of("/bin/sh", "-c", "echo no; exit 20"), endless)
                .block(Duration.ofSeconds(60)))
        .isEqualTo(new Exited(20, "no\n", ""));
    await().untilTrue(cancelled);
  }

  @Test
  void aProgramThatClosesItsInputAndGoesOnIsWaitedFor() {
    assertThat(
            runner
                .run(
                    Program.of("/bin/sh", "-c", "exec 0<&-; sleep 0.3; echo done"),
                    octets(1000, 64 * 1024))
                .block(Duration.ofSeconds(60)))
        .isEqualTo(new Exited(0, "done\n", ""));
  }

  @Test
  void contentThatCannotBeReadIsTheCallersErrorAndEndsTheProgram() throws IOException {
    String sleep = unique();
    IllegalStateException gone = new IllegalStateException("gone");

    assertThatThrownBy(() ->
            runner
                .run(Program.of("/bin/sleep", sleep), octets(1, 100).concatWith(Flux.error(gone)))
                .block(Duration.ofSeconds(60)))
        .isSameAs(gone);
    await().untilAsserted(() -> assertThat(ProcessTable.with(sleep)).isEmpty());
  }

  @Test
  void timeIsUpForTheProgramAndItsChildren() throws IOException {
    String sleep = unique();
    try (ProgramRunner brief = within(ProgramLimits.DEFAULT.within(Duration.ofSeconds(1)))) {
      assertThat(Runners.sh(brief, "sleep " + sleep + " & echo begun; sleep " + sleep))
          .isEqualTo(new Stopped(Limit.TIME, "begun\n", ""));
    }
    await().untilAsserted(() -> assertThat(ProcessTable.with(sleep)).isEmpty());
  }

  @Test
  void childrenEndWithTheProgram() {
    String sleep = unique();

    // they have its outputs open, which is waited for no longer than it takes to kill them
    assertThat(Runners.sh(runner, "sleep " + sleep + " & exit 10"))
        .isEqualTo(new Exited(10, "", ""));
    await().untilAsserted(() -> assertThat(ProcessTable.with(sleep)).isEmpty());
  }

  @Test
  void whoNoLongerWaitsHasItKilled() {
    String sleep = unique();
    Disposable waiting =
        runner
            .run(Program.of("/bin/sh", "-c", "sleep " + sleep + " & sleep " + sleep), Flux.never())
            .subscribe();
    await().until(() -> ProcessTable.with("sleep " + sleep).size() >= 2);

    waiting.dispose();

    assertThat(runner.settled().blockOptional(Duration.ofSeconds(60))).isEmpty();
    await().untilAsserted(() -> assertThat(ProcessTable.with(sleep)).isEmpty());
  }

  @Test
  void runsThatSomebodyWaitsForAreNotWaitedForByOthers() {
    Disposable waiting = runner.run(Program.of("/bin/sleep", unique()), Flux.never()).subscribe();

    assertThat(runner.settled().blockOptional(Duration.ofSeconds(60))).isEmpty();
    assertThat(waiting.isDisposed()).isFalse();
    waiting.dispose();
  }

  @Test
  void whoLeavesBeforeItHasBegunHasItKilled() {
    String sleep = unique();
    for (int i = 0; i < 20; i++) {
      runner.run(Program.of("/bin/sleep", sleep), Flux.empty()).subscribe().dispose();
    }
    await().untilAsserted(() -> assertThat(ProcessTable.with(sleep)).isEmpty());
  }

  @Test
  void outputWithoutEndIsTheEnd() {
    assertThat(Runners.sh(runner, "yes"))
        .isInstanceOfSatisfying(
            Stopped.class,
            end -> {
              assertThat(end.limit()).isEqualTo(Limit.OUTPUT);
              assertThat(end.output()).hasSize(ProgramLimits.DEFAULT.output());
            });
    assertThat(Runners.sh(runner, "yes >&2"))
        .isInstanceOfSatisfying(
            Stopped.class, end -> assertThat(end.limit()).isEqualTo(Limit.OUTPUT));
  }

  @Test
  void asMuchOutputAsIsReadIsNotTooMuch() {
    String all = "head -c " + ProgramLimits.DEFAULT.output() + " /dev/zero";

    assertThat(Runners.sh(runner, all + "; " + all + " >&2"))
        .isInstanceOfSatisfying(
            Exited.class,
            end -> {
              assertThat(end.output()).hasSize(ProgramLimits.DEFAULT.output());
              assertThat(end.errors()).hasSize(ProgramLimits.DEFAULT.output());
            });
  }

  @Test
  void noZombieIsLeft() {
    for (int i = 0; i < 10; i++) {
      Runners.sh(runner, "true & true & exit 0");
    }
    await().untilAsserted(() -> assertThat(ProcessTable.zombies()).isEmpty());
  }
}

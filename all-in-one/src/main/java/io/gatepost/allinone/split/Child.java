package io.gatepost.allinone.split;

import io.gatepost.allinone.start.DataDirectory;
import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One process of the suite, started again whenever it ends by itself. It says `… ready: …` on its
/// standard output when it is; its standard input stays open for as long as this process lives, so
/// that it notices when this one is killed.
final class Child {

  private static final Logger log = LoggerFactory.getLogger(Child.class);
  private static final String READY = " ready: ";
  private static final String COMPLAINT = "gatepost: ";
  private static final int START_ATTEMPTS = 5;

  /// SIGINT and SIGTERM. A terminal sends them to all processes at once, and this one is then about
  /// to stop the suite: nothing to restart, nothing to warn of.
  private static final Set<Integer> STOP_SIGNALS = Set.of(128 + 2, 128 + 15);

  private static final Duration OWN_STOP = Duration.ofSeconds(1);

  private final String name;
  private final List<String> command;
  private final Map<String, String> secrets;
  private final DataDirectory directory;
  private final Duration patience;
  private final CompletableFuture<String> ready = new CompletableFuture<>();
  private final Backoff backoff = new Backoff();
  private final Thread keeper;
  private volatile String complaint = "";
  private volatile boolean stopping;
  private volatile @Nullable Process process;

  /// @param secrets variables of its environment, which other accounts do not see
  /// @param patience how long it may take to stop
  Child(
      String name,
      List<String> command,
      Map<String, String> secrets,
      DataDirectory directory,
      Duration patience) {
    this.patience = patience;
    this.name = name;
    this.command = command;
    this.secrets = Map.copyOf(secrets);
    this.directory = directory;
    // It reads from a pipe all its life, which would hold one of the two threads of virtual ones.
    this.keeper = Thread.ofPlatform().daemon().name("keep-" + name).unstarted(this::keep);
  }

  /// Starts it; what it says after `ready:` is the result.
  CompletableFuture<String> start() {
    keeper.start();
    return ready;
  }

  /// Its end is expected from now on, and it is not started again.
  void letEnd() {
    stopping = true;
    keeper.interrupt(); // from its wait before a restart
  }

  /// Stops it in order (SIGTERM), and waits for its end; one that takes longer than its patience is
  /// killed.
  void stop() {
    letEnd();
    Process running = process;
    if (running != null) {
      terminate(running);
      if (!hasEnded(running)) {
        log.warn("service={} pid={} does not stop and is killed", name, running.pid());
        running.destroyForcibly();
      }
    }
    directory.removePid(name);
  }

  private void keep() {
    for (int attempt = 1; !stopping; attempt++) {
      long started = System.nanoTime();
      int exit = runOnce();
      if (stopping || hasGivenUp(exit, attempt)) {
        return;
      }
      Duration wait = backoff.after(Duration.ofNanos(System.nanoTime() - started));
      try {
        if (STOP_SIGNALS.contains(exit)) {
          Thread.sleep(OWN_STOP);
        }
        log.warn("service={} ended exit={}, restarting in {} ms", name, exit, wait.toMillis());
        Thread.sleep(wait);
      } catch (InterruptedException e) {
        return; // told to stop
      }
    }
  }

  /// Before it has been ready once, a child that cannot start fails the start of the suite; later
  /// it is tried for ever.
  private boolean hasGivenUp(int exit, int attempt) {
    if (ready.isDone() && !ready.isCompletedExceptionally()) {
      return false;
    }
    // With a wrong setting trying again would not help.
    boolean isWrong = exit == ExitCode.CONFIG.number() && !complaint.isEmpty();
    if (isWrong || attempt >= START_ATTEMPTS) {
      String why =
          complaint.isEmpty()
              ? "service " + name + " does not start (exit " + exit + ")"
              : complaint;
      ready.completeExceptionally(
          new CommandFailure(isWrong ? ExitCode.CONFIG : ExitCode.UNAVAILABLE, why));
    }
    return ready.isDone();
  }

  private int runOnce() {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(secrets);
    complaint = "";
    try {
      Process started = builder.start();
      process = started;
      if (stopping) {
        terminate(started);
      }
      directory.writePid(name, started.pid());
      try (BufferedReader output = started.inputReader()) {
        output.lines().forEach(line -> heard(line, started));
      }
      return started.waitFor();
    } catch (IOException | UncheckedIOException e) {
      log.error("service={} cannot be run: {}", name, e.getMessage());
      return ExitCode.UNAVAILABLE.number();
    } catch (InterruptedException e) {
      return 0; // told to stop
    }
  }

  private void heard(String line, Process from) {
    int said = line.indexOf(READY);
    if (said >= 0) {
      String says = line.substring(said + READY.length());
      log.info("service={} pid={} ready {}", name, from.pid(), says);
      ready.complete(says);
    } else if (line.startsWith(COMPLAINT)) {
      complaint = line.substring(COMPLAINT.length());
      if (ready.isDone()) {
        log.error("service={} {}", name, complaint);
      }
    } else {
      log.info("service={} {}", name, line);
    }
  }

  /// Sends SIGTERM and leaves the pipes open. [Process#destroy] closes them as well, and a child
  /// whose standard input ends takes its parent for killed and halts.
  private static void terminate(Process process) {
    process.toHandle().destroy();
  }

  private boolean hasEnded(Process process) {
    try {
      return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

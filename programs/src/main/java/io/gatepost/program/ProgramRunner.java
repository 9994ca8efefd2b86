package io.gatepost.program;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.program.Wrapping.Parts;
import io.gatepost.program.Wrapping.Processes;
import io.gatepost.program.Wrapping.Way;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Runs programs that Gatepost's operator has chosen and that read what strangers have written: as
/// another user, away from the network, within limits of time, memory, processor, files, processes
/// and output, in a working directory of its own, with an environment of its own, with its children
/// killed at its end. Whoever calls bounds how many run at a time.
///
/// The protections that the system allows are found out once, when a runner is made, by a trial of
/// the chain of tools that programs are run behind ([Wrapping]).
///
/// A run takes three threads of the system while it lasts: pipes are read and written by calls that
/// block, of which virtual threads bear only so many at a time, of the whole process.
public final class ProgramRunner implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ProgramRunner.class);
  private static final Duration TRIAL_TIME = Duration.ofSeconds(30);

  private final Wrapping wrapping;
  private final List<String> prefix;
  private final String key;
  private final Path directory;
  private final ExecutorService threads;
  private final Scheduler scheduler;
  private final Set<ProgramRun> running = ConcurrentHashMap.newKeySet();

  private ProgramRunner(String key, Wrapping wrapping, Path directory) {
    this.key = key;
    this.wrapping = wrapping;
    this.prefix = wrapping.prefix();
    this.directory = directory;
    this.threads =
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("program-", 0).factory());
    this.scheduler = Schedulers.fromExecutorService(threads);
  }

  /// Makes a runner after a trial of its protections, which takes some ten milliseconds and blocks.
  ///
  /// @param key of the settings that the protections come from, without the last name
  /// @throws SettingException that names a protection that is required and cannot be had, or a user
  ///   that cannot be become; those that are wanted where possible are missed with a warning
  public static ProgramRunner of(String key, Confinement wanted) {
    Optional<Account> account = Account.of(key + "." + Confinement.USER, wanted.user());
    String mark = "gatepost-" + UUID.randomUUID();
    List<String> complaints = new ArrayList<>();
    for (Parts parts : candidates(wanted)) {
      ProgramRunner runner =
          new ProgramRunner(
              key, new Wrapping(key, account, wanted.bounds(), parts, mark), wanted.directory());
      Optional<String> complaint = runner.trial();
      if (complaint.isEmpty()) {
        runner.tellMissing(wanted, complaints);
        return runner;
      }
      complaints.add(complaint.get());
      runner.close();
    }
    throw refusal(key, wanted, account, complaints);
  }

  /// Combinations of protections from the best to the least that is wanted.
  private static List<Parts> candidates(Confinement wanted) {
    List<Parts> all = new ArrayList<>();
    for (boolean limits : choices(wanted.limits())) {
      for (boolean network : choices(wanted.network())) {
        for (Processes processes : apart(wanted.processes())) {
          for (Way way : Way.values()) {
            Parts parts = new Parts(way, network, processes, limits);
            if (parts.namespaces() || way == Way.PRIVILEGE) {
              all.add(parts);
            }
          }
        }
      }
    }
    return all;
  }

  private static List<Boolean> choices(Need need) {
    return switch (need) {
      case REQUIRED -> List.of(true);
      case IF_POSSIBLE -> List.of(true, false);
      case OFF -> List.of(false);
    };
  }

  private static List<Processes> apart(Need need) {
    return switch (need) {
      case REQUIRED -> List.of(Processes.HIDDEN, Processes.APART);
      case IF_POSSIBLE -> List.of(Processes.values());
      case OFF -> List.of(Processes.GROUP);
    };
  }

  /// Runs a shell that writes into its working directory; empty where that is well.
  private Optional<String> trial() {
    Program shell = Program.of(Tools.path(key, "sh"), "-c", ": > trial");
    return switch (run(shell, Flux.empty()).block(TRIAL_TIME)) {
      case ProgramEnd.Exited(var code, _, _) when code == 0 -> Optional.empty();
      case ProgramEnd.Exited(var code, _, var errors) ->
          Optional.of(ExitWords.of(code) + " " + errors.strip());
      case ProgramEnd.Stopped(var limit, _, _) -> Optional.of("no end: " + limit);
      case ProgramEnd.NotStarted(var why) -> Optional.of(why);
      case null -> Optional.of("no end");
    };
  }

  private void tellMissing(Confinement wanted, List<String> complaints) {
    Parts parts = wrapping.parts();
    List<String> missing = new ArrayList<>();
    addMissing(missing, Confinement.NETWORK, wanted.network(), parts.network());
    addMissing(
        missing, Confinement.PROCESSES, wanted.processes(), parts.processes() != Processes.GROUP);
    addMissing(missing, Confinement.LIMITS, wanted.limits(), parts.limits());
    if (!missing.isEmpty()) {
      log.warn(
          "{}: this system does not allow {}: {}",
          key,
          String.join(", ", missing),
          String.join("; ", complaints));
    }
    log.info(
        "{}: programs run as {}, network {}, processes {}, limits {}",
        key,
        wrapping.account().map(user -> "user " + user.uid()).orElse("Gatepost's own user"),
        parts.network() ? "isolated" : "open",
        parts.processes().name().toLowerCase(Locale.ROOT),
        parts.limits() ? "set" : "not set");
  }

  private static void addMissing(List<String> to, String name, Need need, boolean there) {
    if (need == Need.IF_POSSIBLE && !there) {
      to.add(name);
    }
  }

  /// Names the protection that is to blame: the first without which a trial is well.
  private static SettingException refusal(
      String key, Confinement wanted, Optional<Account> account, List<String> complaints) {
    String said = String.join("; ", complaints.stream().distinct().toList());
    record Suspect(String name, Need need, Parts alone) {}
    List<Suspect> suspects =
        List.of(
            new Suspect(
                Confinement.LIMITS,
                wanted.limits(),
                new Parts(Way.PRIVILEGE, false, Processes.GROUP, true)),
            new Suspect(
                Confinement.NETWORK,
                wanted.network(),
                new Parts(Way.PRIVILEGE, true, Processes.GROUP, false)),
            new Suspect(
                Confinement.PROCESSES,
                wanted.processes(),
                new Parts(Way.PRIVILEGE, false, Processes.APART, false)));
    Parts nothing = new Parts(Way.PRIVILEGE, false, Processes.GROUP, false);
    if (isWell(key, wanted, account, nothing)) {
      for (Suspect suspect : suspects) {
        if (suspect.need == Need.REQUIRED
            && !isWell(key, wanted, account, suspect.alone)
            && !isWell(key, wanted, account, unprivileged(suspect.alone))) {
          return new SettingException(
              key + "." + suspect.name,
              "required",
              "if-possible or off, as this system says: " + said);
        }
      }
    }
    return account.isPresent()
        ? new SettingException(
            key + "." + Confinement.USER,
            wanted.user(),
            "a user that programs can be run as in " + wanted.directory() + ": " + said)
        : new SettingException(key, "", "programs that can be run here: " + said);
  }

  private static Parts unprivileged(Parts parts) {
    return new Parts(
        parts.namespaces() ? Way.USER_NAMESPACE : Way.PRIVILEGE,
        parts.network(),
        parts.processes(),
        parts.limits());
  }

  private static boolean isWell(
      String key, Confinement wanted, Optional<Account> account, Parts parts) {
    Wrapping wrapping = new Wrapping(key, account, wanted.bounds(), parts, "gatepost-trial");
    try (ProgramRunner runner = new ProgramRunner(key, wrapping, wanted.directory())) {
      return runner.trial().isEmpty();
    }
  }

  /// Refuses a program that is not there, or that its user may not execute. Blocks.
  ///
  /// @param setting the whole key
  public void checkExecutable(String setting, String path) {
    Program test = Program.of(Tools.path(key, "test"), "-f", path, "-a", "-x", path);
    if (!path.startsWith("/")
        || !(run(test, Flux.empty()).block(TRIAL_TIME) instanceof ProgramEnd.Exited(var code, _, _)
            && code == 0)) {
      throw new SettingException(
          setting, path, "the whole path of a program that its user may execute");
    }
  }

  /// Runs a program, once for each subscriber. It is killed where nobody waits for it any more.
  /// Fails with whatever the input fails with, and kills the program then; all else is a
  /// [ProgramEnd]. A program that does not read its input is judged by its exit code.
  ///
  /// @param input written to its standard input at the speed at which it reads; the buffers are
  ///   released
  public Mono<ProgramEnd> run(Program program, Flux<DataBuffer> input) {
    return Mono.create(sink -> {
      ProgramRun run = new ProgramRun(this, program, input, sink);
      sink.onCancel(run::cancel);
      Thread.ofVirtual().name("program").start(run::run);
    });
  }

  /// Completes when all runs have ended that were cancelled before this is subscribed to: a process
  /// that waits for a disk dies when that has answered.
  public Mono<Void> settled() {
    return Mono.defer(() ->
        Mono.when(running.stream().filter(ProgramRun::isCancelled).map(ProgramRun::over).toList()));
  }

  /// Which protections are on, for the operator.
  Parts parts() {
    return wrapping.parts();
  }

  /// Ends the threads that wait for work.
  @Override
  public void close() {
    scheduler.dispose();
    threads.shutdown();
  }

  Path workDirectory() throws IOException {
    return WorkDirectory.make(directory, wrapping.account());
  }

  List<String> prefix() {
    return prefix;
  }

  ProgramLimits bounds() {
    return wrapping.bounds();
  }

  String mark() {
    return wrapping.mark();
  }

  ExecutorService threads() {
    return threads;
  }

  Scheduler scheduler() {
    return scheduler;
  }
}

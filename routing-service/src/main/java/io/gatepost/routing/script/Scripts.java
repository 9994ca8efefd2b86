package io.gatepost.routing.script;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatepost.contract.routing.Destination;
import io.gatepost.gate.ScarceResource;
import io.gatepost.gate.SingleFlight;
import io.gatepost.routing.script.ScriptFiles.Found;
import io.gatepost.routing.script.ScriptFiles.Version;
import io.gatepost.routing.sieve.BrokenScriptException;
import io.gatepost.routing.sieve.Script;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Users' scripts as their files are now. A file is looked at when it is asked for, at most once in
/// [#CHECKED]; in between the answer is there at once. Files are read on threads of their own, so
/// that a file system that hangs stops neither an event loop nor the carriers of virtual threads;
/// who waits for it waits [#PATIENCE] at most, and then what was known goes on. Memory is bounded
/// by the size of the scripts.
public final class Scripts implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Scripts.class);

  /// A change counts within two seconds (requirement C20), of which this is half.
  static final Duration CHECKED = Duration.ofSeconds(1);

  static final Duration PATIENCE = Duration.ofSeconds(2);

  /// How long a file that could not be read is left alone.
  static final Duration PAUSE = Duration.ofSeconds(5);

  private static final int THREADS = 8;
  private static final int MAX_WAITING = 2_000;
  private static final long MAX_OCTETS = 64L * 1024 * 1024;

  /// Memory of a script for each octet of its file, and of any entry by itself.
  private static final int SPREAD = 12;

  private static final int ENTRY_OCTETS = 300;

  private final ScriptFiles files;
  private final LongSupplier nanoTime;
  private final Cache<Destination.Mailbox, Entry> known;
  private final SingleFlight<Destination.Mailbox, Rules> looks;
  private final Scheduler threads =
      Schedulers.newBoundedElastic(THREADS, MAX_WAITING, "sieve-files", 60, true);
  private final LongAdder unreadable = new LongAdder();

  /// @param checkedAgain when the file is to be looked at again, by the clock of this object
  private record Entry(@Nullable Version version, Rules rules, boolean isAway, long checkedAgain) {
    int weight() {
      return ENTRY_OCTETS
          + (version == null || !(rules instanceof Rules.Usable usable)
              ? 0
              : SPREAD * (int) Math.min(ScriptFiles.MAX_OCTETS, version.octets())
                  + usable.script().octets());
    }
  }

  /// @param directory of the scripts
  public Scripts(Path directory) {
    this(new ScriptFiles(directory), MAX_OCTETS, System::nanoTime);
  }

  Scripts(ScriptFiles files, long maxOctets, LongSupplier nanoTime) {
    this.files = files;
    this.nanoTime = nanoTime;
    this.looks = new SingleFlight<>("scripts", MAX_WAITING + THREADS);
    this.known =
        Caffeine.newBuilder()
            .maximumWeight(maxOctets)
            .weigher((Destination.Mailbox mailbox, Entry entry) -> entry.weight())
            .build();
  }

  /// The rules of a mailbox. Never fails.
  Mono<Rules> of(Destination.Mailbox mailbox) {
    Entry entry = known.getIfPresent(mailbox);
    if (entry != null && entry.checkedAgain() - nanoTime.getAsLong() > 0) {
      return Mono.just(entry.rules());
    }
    Optional<Path> file = files.path(mailbox);
    if (file.isEmpty()) {
      return Mono.just(Rules.NONE);
    }
    return looks
        .call(mailbox, () -> look(mailbox, file.get(), entry))
        .onErrorResume(error -> Mono.just(entry == null ? Rules.NONE : entry.rules()));
  }

  /// The file of a mailbox, for people; nothing where its name makes none.
  Optional<Path> file(Destination.Mailbox mailbox) {
    return files.path(mailbox);
  }

  /// The looks at files that are under way.
  ScarceResource looks() {
    return looks;
  }

  /// How many scripts that are in memory are broken.
  public long broken() {
    return known.asMap().values().stream().filter(entry -> entry.rules() == Rules.BROKEN).count();
  }

  /// How often a file could not be read, or not in time.
  public long unreadable() {
    return unreadable.sum();
  }

  /// How many octets of memory the scripts are taken to need, after what is too much has gone.
  long octets() {
    known.cleanUp();
    return known.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }

  @Override
  public void close() {
    threads.dispose();
  }

  private Mono<Rules> look(Destination.Mailbox mailbox, Path file, @Nullable Entry before) {
    return Mono.fromCallable(() -> found(file, before))
        .subscribeOn(threads)
        .timeout(PATIENCE)
        .onErrorResume(error -> Mono.just(away(file, before, error)))
        .doOnNext(entry -> known.put(mailbox, entry))
        .map(Entry::rules);
  }

  private Entry found(Path file, @Nullable Entry before) throws IOException {
    return switch (files.look(file, before == null ? null : before.version())) {
      case Found.Nothing _ -> new Entry(null, Rules.NONE, false, in(CHECKED));
      case Found.Same _ when before != null ->
          new Entry(before.version(), before.rules(), false, in(CHECKED));
      case Found.Same _ -> throw new IllegalStateException("the same as nothing: " + file);
      case Found.Unfit(Version version, String problem) -> {
        log.error("script={} is skipped, mail is kept: it {}", shown(file), problem);
        yield new Entry(version, Rules.BROKEN, false, in(CHECKED));
      }
      case Found.Text(Version version, String text) ->
          new Entry(version, parsed(file, text), false, in(CHECKED));
    };
  }

  /// Said once for each version, as the same one is not read again.
  private static Rules parsed(Path file, String text) {
    try {
      return new Rules.Usable(Script.parse(text));
    } catch (BrokenScriptException e) {
      log.error("script={} is skipped, mail is kept: {}", shown(file), e.getMessage());
      return Rules.BROKEN;
    } catch (RuntimeException e) {
      log.error("script={} is skipped, mail is kept: the parser failed", shown(file), e);
      return Rules.BROKEN;
    }
  }

  /// A file system that does not answer changes nothing of what is known.
  private Entry away(Path file, @Nullable Entry before, Throwable error) {
    unreadable.increment();
    if (before == null || !before.isAway()) {
      log.error(
          "script={} cannot be read now, {}: {}",
          shown(file),
          before == null ? "mail is kept" : "what was read before goes on",
          error.toString());
    }
    return before == null
        ? new Entry(null, Rules.NONE, true, in(PAUSE))
        : new Entry(before.version(), before.rules(), true, in(PAUSE));
  }

  /// As text: the log would show the names of a path as a list.
  private static String shown(Path file) {
    return file.toString();
  }

  private long in(Duration time) {
    return nanoTime.getAsLong() + time.toNanos();
  }
}

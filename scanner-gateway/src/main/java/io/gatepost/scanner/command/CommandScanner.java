package io.gatepost.scanner.command;

import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.program.ExitWords;
import io.gatepost.program.Program;
import io.gatepost.program.ProgramEnd;
import io.gatepost.program.ProgramRunner;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Asks a program, run for each message: the message on its standard input, the envelope and the
/// client in its environment, the verdict in its exit code, the finding in the first line of its
/// standard output.
public final class CommandScanner implements Scanner {

  private static final int MAX_LINE = 200;
  private static final Duration LAST_MINUTE = Duration.ofMinutes(1);
  private static final int NOT_EXECUTABLE = 126;
  private static final int NOT_FOUND = 127;

  private final ProgramRunner runner;
  private final CommandTerms terms;

  public CommandScanner(ProgramRunner runner, CommandTerms terms) {
    this.runner = runner;
    this.terms = terms;
  }

  @Override
  public Mono<ScannerAnswer> scan(ScanJob job) {
    Map<String, String> environment =
        new HashMap<>(terms.contentOnly() ? Map.of() : MessageFacts.of(job.envelope()));
    environment.putAll(terms.environment());
    Program program = new Program(terms.command(), environment);
    return runner.run(program, job.content().octets()).flatMap(this::answer);
  }

  @Override
  public Mono<String> version() {
    if (terms.versionCommand().isEmpty()) {
      return Mono.empty();
    }
    return runner
        .run(new Program(terms.versionCommand(), terms.environment()), Flux.empty())
        .flatMap(CommandScanner::version);
  }

  @Override
  public Mono<Void> settled() {
    return runner.settled().timeout(LAST_MINUTE).onErrorComplete();
  }

  @Override
  public Scope scope() {
    return terms.contentOnly() ? Scope.CONTENT : Scope.MESSAGE;
  }

  private Mono<ScannerAnswer> answer(ProgramEnd end) {
    return switch (end) {
      case ProgramEnd.Exited exited -> answer(exited);
      case ProgramEnd.Stopped stopped -> Mono.error(failure(stopped));
      case ProgramEnd.NotStarted(var why) ->
          Mono.error(
              new ScannerFailedException(Kind.UNREACHABLE, "not started: " + firstLine(why)));
    };
  }

  private Mono<ScannerAnswer> answer(ProgramEnd.Exited end) {
    String words = firstLine(end.output());
    return switch (terms.exitCodes().getOrDefault(end.code(), Meaning.FAILED)) {
      case CLEAN -> Mono.just(new ScannerAnswer.Good(Optional.empty(), words, HeaderEdits.NONE));
      case SUSPECT ->
          Mono.just(new ScannerAnswer.Suspect(Optional.empty(), words, HeaderEdits.NONE));
      case BAD -> Mono.just(ScannerAnswer.bad(words));
      case QUARANTINE -> Mono.just(new ScannerAnswer.PutAside(words, HeaderEdits.NONE));
      case NOT_SCANNED -> Mono.just(new ScannerAnswer.NotScanned(words));
      case LATER -> Mono.just(new ScannerAnswer.TryLater(words, Optional.empty()));
      case FAILED -> Mono.error(failure(end));
    };
  }

  private static Mono<String> version(ProgramEnd end) {
    return switch (end) {
      case ProgramEnd.Exited exited when exited.code() == 0 -> {
        String version = firstLine(exited.output());
        yield version.isEmpty() ? Mono.empty() : Mono.just(version);
      }
      case ProgramEnd.Exited exited -> Mono.error(failure(exited));
      case ProgramEnd.Stopped stopped -> Mono.error(failure(stopped));
      case ProgramEnd.NotStarted(var why) ->
          Mono.error(
              new ScannerFailedException(Kind.UNREACHABLE, "not started: " + firstLine(why)));
    };
  }

  private static ScannerFailedException failure(ProgramEnd.Exited end) {
    Kind kind =
        end.code() == NOT_EXECUTABLE || end.code() == NOT_FOUND ? Kind.UNREACHABLE : Kind.GARBLED;
    String said = end.errors().isBlank() ? end.output() : end.errors();
    return new ScannerFailedException(kind, ExitWords.of(end.code()) + ": " + firstLine(said));
  }

  private static Throwable failure(ProgramEnd.Stopped end) {
    return switch (end.limit()) {
      case TIME -> new TimeoutException("killed at its time limit");
      case OUTPUT -> new ScannerFailedException(Kind.GARBLED, "killed: output without end");
    };
  }

  /// The first line with anything in it, bounded.
  private static String firstLine(String output) {
    List<String> lines = output.lines().filter(line -> !line.isBlank()).limit(1).toList();
    String line = lines.isEmpty() ? "" : lines.getFirst().strip();
    return line.length() > MAX_LINE ? line.substring(0, MAX_LINE) : line;
  }
}

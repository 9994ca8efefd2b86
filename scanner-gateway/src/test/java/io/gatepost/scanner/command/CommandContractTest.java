package io.gatepost.scanner.command;

import io.gatepost.program.Confinement;
import io.gatepost.program.Need;
import io.gatepost.program.ProgramLimits;
import io.gatepost.program.ProgramRunner;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.ScannerContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The adapter beside a shell script, confined as far as this machine allows it.
class CommandContractTest extends ScannerContract {

  private static final String SCRIPT =
      """
      #!/bin/sh
      dir=$1
      mktemp "$dir/begun.XXXXXX" >/dev/null
      take() {
        file=$(mktemp "$dir/taking.XXXXXX")
        cat >"$file"
        chmod 644 "$file"
        mv "$file" "$dir/taken"
      }
      wait_for_release() {
        while ! test -e "$dir/release"; do sleep 0.05; done
      }
      case $(cat "$dir/behaviour") in
        clean) take ;;
        infected) take; echo Test-Virus; exit 20 ;;
        held) take; wait_for_release ;;
        hung) take; sleep 1000 ;;
        stalled) wait_for_release ;;
        half) take; printf Test-Vi; kill -KILL $$ ;;
        hangs_up) take; exit 1 ;;
        garbage) take; echo '<html>'; exit 99 ;;
        endless) take; yes ;;
        too_large) head -c 1000000 >/dev/null; echo too much for me; exit 40 ;;
      esac
      exit 0
      """;

  private Path directory;
  private Path program;
  private ProgramRunner runner;
  private Scanner scanner;

  @BeforeEach
  void start() throws IOException {
    directory = Files.createTempDirectory(Path.of("/tmp"), "gatepost-test-");
    permit(directory, "rwxrwxrwx");
    program = directory.resolve("script");
    Files.writeString(program, SCRIPT);
    permit(program, "rwxr-xr-x");
    behave(Behaviour.CLEAN);
    runner =
        ProgramRunner.of(
            "gatepost.test",
            new Confinement(
                user(),
                Need.IF_POSSIBLE,
                Need.IF_POSSIBLE,
                Need.REQUIRED,
                ProgramLimits.DEFAULT.within(Duration.ofMinutes(5)),
                Path.of("/tmp")));
    scanner =
        new CommandScanner(
            runner,
            new CommandTerms(
                List.of(program.toString(), directory.toString()),
                Map.of(),
                Meaning.BY_CODE,
                false,
                List.of()));
  }

  @AfterEach
  void stop() throws IOException {
    allIsClosed();
    runner.close();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }
        });
    Files.delete(directory);
  }

  static String user() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0 ? "nobody" : "";
  }

  private static void permit(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  @Override
  protected Scanner scanner() {
    return scanner;
  }

  @Override
  protected void behave(Behaviour behaviour) {
    write("behaviour", behaviour.name().toLowerCase(Locale.ROOT));
  }

  @Override
  protected void release() {
    write("release", "");
  }

  @Override
  protected void goDown() {
    move(program, directory.resolve("away"));
  }

  @Override
  protected void comeUp() {
    move(directory.resolve("away"), program);
  }

  @Override
  protected int open() {
    return (int)
        ProcessHandle.allProcesses()
            .filter(process ->
                process
                    .info()
                    .commandLine()
                    .filter(line -> line.contains(directory.toString()))
                    .isPresent())
            .count();
  }

  @Override
  protected int begun() {
    try (var files = Files.list(directory)) {
      return (int) files.filter(file -> file.getFileName().toString().startsWith("begun")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected byte[] taken() {
    try {
      return Files.readAllBytes(directory.resolve("taken"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String file, String text) {
    try {
      Path path = Files.writeString(directory.resolve(file), text);
      permit(path, "rw-r--r--");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.gatepost.scanner;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.program.Confinement;
import io.gatepost.program.Need;
import io.gatepost.program.Program;
import io.gatepost.program.ProgramLimits;
import io.gatepost.program.ProgramRunner;
import io.gatepost.scanner.command.CommandScanner;
import io.gatepost.scanner.command.CommandTerms;
import io.gatepost.scanner.command.Meaning;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// A program that scans.
///
/// @param program its whole path
/// @param arguments as they are: no shell reads them
/// @param user that it runs as, name or number; has to be said where Gatepost runs as root
/// @param environment variables beside those that tell of the message
/// @param exitCodes clean, suspect, bad, quarantine, not-scanned, later or failed for each exit
///   code, in place of 0, 10, 20, 30, 40 and 75; all others are failures
/// @param contentOnly whether it is told nothing but the content, so that an answer holds for every
///   copy
/// @param versionCommand a command whose first line is the version of program and signatures; the
///   whole path and arguments. Answers are kept only where there is one
/// @param memory address space of each process
/// @param cpu processor time of each process
/// @param files that each process may have open
/// @param processes that its user may have, of all runs together
/// @param fileSize size of each file that it writes
/// @param output that is read of it; beyond, it is killed
/// @param isolateNetwork whether it is kept from the network: required, if-possible or off
/// @param isolateProcesses whether it sees and leaves no other processes: required, if-possible or
///   off
/// @param limitResources whether memory, processor time, files and processes are limited: required,
///   if-possible or off
/// @param directory where its working directories are made; the system's temporary directory where
///   nothing is said
public record CommandSetting(
    @DefaultValue("") String program,
    @DefaultValue List<String> arguments,
    @DefaultValue("") String user,
    @DefaultValue Map<String, String> environment,
    @DefaultValue Map<Integer, Meaning> exitCodes,
    @DefaultValue("false") boolean contentOnly,
    @DefaultValue List<String> versionCommand,
    @DefaultValue("1GB") DataSize memory,
    @DefaultValue("20s") Duration cpu,
    @DefaultValue("256") int files,
    @DefaultValue("256") int processes,
    @DefaultValue("1GB") DataSize fileSize,
    @DefaultValue("64KB") DataSize output,
    @DefaultValue("required") Need isolateNetwork,
    @DefaultValue("if-possible") Need isolateProcesses,
    @DefaultValue("required") Need limitResources,
    @DefaultValue("") String directory) {

  /// For scanners that are no programs.
  static final CommandSetting NONE =
      new CommandSetting(
          "",
          List.of(),
          "",
          Map.of(),
          Map.of(),
          false,
          List.of(),
          DataSize.ofGigabytes(1),
          Duration.ofSeconds(20),
          256,
          256,
          DataSize.ofGigabytes(1),
          DataSize.ofKilobytes(64),
          Need.REQUIRED,
          Need.IF_POSSIBLE,
          Need.REQUIRED,
          "");

  private static final DataSize MOST = DataSize.ofTerabytes(1);
  private static final DataSize MOST_OUTPUT = DataSize.ofMegabytes(16);
  private static final int MOST_COUNT = 1_000_000;

  /// Gatepost keeps a scan's time outside; the program's own ends after it.
  private static final Duration GRACE = Duration.ofSeconds(1);

  public CommandSetting {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    exitCodes = Map.copyOf(exitCodes);
    versionCommand = List.copyOf(versionCommand);
  }

  /// Makes the scanner, after a trial of its protections and a look at its program. Throws
  /// [SettingException] that names the setting.
  ///
  /// @param key of this record
  /// @param timeout of a scan
  CommandScanner scanner(String key, Duration timeout) {
    check(key);
    ProgramRunner runner =
        ProgramRunner.of(
            key,
            new Confinement(
                user,
                isolateNetwork,
                isolateProcesses,
                limitResources,
                new ProgramLimits(
                    timeout.plus(GRACE),
                    memory.toBytes(),
                    cpu,
                    files,
                    processes,
                    fileSize.toBytes(),
                    (int) output.toBytes()),
                directory(key)));
    runner.checkExecutable(key + ".program", program);
    if (!versionCommand.isEmpty()) {
      runner.checkExecutable(key + ".version-command", versionCommand.getFirst());
    }
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(arguments);
    return new CommandScanner(
        runner,
        new CommandTerms(
            command,
            environment,
            exitCodes.isEmpty() ? Meaning.BY_CODE : exitCodes,
            contentOnly,
            versionCommand));
  }

  private void check(String key) {
    if (program.isBlank()) {
      throw new SettingException(key + ".program", program, "the whole path of a program");
    }
    environment
        .keySet()
        .forEach(name -> {
          if (!Program.isName(name)) {
            throw new SettingException(
                key + ".environment", name, "names of letters, digits and underscores");
          }
        });
    exitCodes
        .keySet()
        .forEach(code -> {
          if (code < 0 || code > 255) {
            throw new SettingException(key + ".exit-codes", code, "0 to 255");
          }
        });
    ScannerProperties.aboveZero(key + ".cpu", cpu);
    size(key + ".memory", memory, MOST);
    size(key + ".file-size", fileSize, MOST);
    size(key + ".output", output, MOST_OUTPUT);
    count(key + ".files", files);
    count(key + ".processes", processes);
  }

  private static void size(String key, DataSize size, DataSize most) {
    if (size.toBytes() <= 0 || size.compareTo(most) > 0) {
      throw new SettingException(key, size, "1B to " + most.toMegabytes() + "MB");
    }
  }

  private static void count(String key, int count) {
    if (count < 1 || count > MOST_COUNT) {
      throw new SettingException(key, count, "1 to " + MOST_COUNT);
    }
  }

  private Path directory(String key) {
    try {
      return Path.of(
          directory.isBlank() ? System.getProperty("java.io.tmpdir", "/tmp") : directory.strip());
    } catch (InvalidPathException e) {
      throw new SettingException(key + ".directory", directory, "a directory");
    }
  }
}

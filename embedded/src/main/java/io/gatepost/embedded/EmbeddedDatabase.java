package io.gatepost.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A PostgreSQL of our own, started as child processes, with its data in a directory that outlives
/// it. One that a killed process left running on that directory is ended first. Who starts it
/// closes it: it does not end by itself with the JVM.
public final class EmbeddedDatabase implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final long END_SECONDS = 5;
  private static final Duration LONGEST_START = Duration.ofMinutes(2);
  private static final String LIBRARYS_LOCK = "epg-lock";

  private final EmbeddedPostgres postgres;
  private final Path data;
  private final DatabaseAccess access;

  private EmbeddedDatabase(EmbeddedPostgres postgres, Path data, DatabaseAccess access) {
    this.postgres = postgres;
    this.data = data;
    this.access = access;
  }

  /// Starts on any free port.
  ///
  /// @param directory where data and binaries are, or shall be
  public static EmbeddedDatabase start(Path directory) {
    return start(directory, FreePort.find());
  }

  /// Starts on a given port of the loopback address. Data of a version that asked for no password
  /// gets one before.
  public static EmbeddedDatabase start(Path directory, int port) {
    Path data = directory.resolve("data").toAbsolutePath();
    try {
      Files.createDirectories(directory);
      endOrphan(data);
      // A start that fails leaves its lock to the garbage collector, and no other start could have
      // it until then. Servers are kept apart by PostgreSQL's own pid file.
      Files.deleteIfExists(data.resolve(LIBRARYS_LOCK));
      DatabaseAccess access = DatabaseAccess.in(directory);
      if (access.isToBeSecured()) {
        try (EmbeddedPostgres open = server(directory, data, port, access, access::letAnyoneIn)) {
          access.setPassword(jdbcUrl(open.getPort()));
        }
        log.info("the database in {} asks for a password from now on", directory);
      }
      return new EmbeddedDatabase(
          server(directory, data, port, access, access::askForPassword), data, access);
    } catch (IOException e) {
      throw new UncheckedIOException("the database in " + directory + " does not start", e);
    }
  }

  /// Waits until it is there; an [IOException] where it ends before that.
  ///
  /// @param rules writes who may connect, where there is data already or was made just now
  private static EmbeddedPostgres server(
      Path directory, Path data, int port, DatabaseAccess access, Runnable rules)
      throws IOException {
    EmbeddedPostgres.Builder builder = builder(directory, data, port, access, rules);
    try (StartWatch watch = StartWatch.of(data)) {
      EmbeddedPostgres server = builder.start();
      if (watch.hasGone()) {
        throw new IOException("PostgreSQL on " + data + " ended while it started");
      }
      return server;
    }
  }

  private static EmbeddedPostgres.Builder builder(
      Path directory, Path data, int port, DatabaseAccess access, Runnable rules) {
    return EmbeddedPostgres.builder()
        .setOverrideWorkingDirectory(directory.resolve("binaries").toFile())
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setPort(port)
        .setPGStartupWait(LONGEST_START) // after a crash it has its log to read first
        .setRegisterShutdownHook(false) // it would stop the server under its clients
        .setLocaleConfig("locale", "C") // the machine's own may not be installed
        .setLocaleConfig(
            "pwfile", DatabaseAccess.passwordFile(directory).toAbsolutePath().toString())
        .setDataDirectoryCustomizer(made -> rules.run())
        .setConnectConfig("password", access.password())
        .setServerConfig("listen_addresses", "127.0.0.1")
        .setServerConfig("unix_socket_directories", "") // a path to it may be too long
        // The library starts it for throw-away data, without syncs: a power cut would ruin it.
        .setServerConfig("fsync", "on")
        .setServerConfig("max_wal_size", "128MB")
        .setServerConfig("shared_buffers", "16MB")
        .setServerConfig("max_connections", "40")
        .setServerConfig("jit", "off")
        .setServerConfig("logging_collector", "off");
  }

  /// The URL that clients connect to.
  public String jdbcUrl() {
    return jdbcUrl(postgres.getPort());
  }

  /// The URL that clients of one on this port connect to.
  static String jdbcUrl(int port) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  /// Its user.
  public String username() {
    return DatabaseAccess.USERNAME;
  }

  /// The password that the user is asked for.
  public String password() {
    return access.password();
  }

  /// Whether its process is there.
  public boolean isRunning() {
    return isRunning(data);
  }

  /// Whether a server's process is there, ready or not; throws [UncheckedIOException] where that
  /// cannot be found out.
  ///
  /// @param data its directory
  static boolean isRunning(Path data) {
    try {
      return process(pidFile(data)).filter(process -> isPostgresOf(process, data)).isPresent();
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Stops in order; returns when it has stopped.
  @Override
  public void close() {
    try {
      postgres.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the database does not stop", e);
    }
  }

  /// Two servers on one directory would destroy it, so PostgreSQL refuses to start beside another;
  /// one whose parent was killed has to be ended by its pid file.
  private static void endOrphan(Path data) throws IOException {
    Path pidFile = pidFile(data);
    if (!Files.exists(pidFile)) {
      return;
    }
    Optional<ProcessHandle> orphan =
        process(pidFile).filter(process -> isPostgresOf(process, data));
    if (orphan.isPresent()) {
      log.warn("ending PostgreSQL pid={} that an earlier run left on {}", orphan.get().pid(), data);
      end(orphan.get());
    }
    Files.deleteIfExists(pidFile);
  }

  private static Path pidFile(Path data) {
    return data.resolve("postmaster.pid");
  }

  private static Optional<ProcessHandle> process(Path pidFile) throws IOException {
    List<String> lines = Files.readAllLines(pidFile);
    try {
      return lines.isEmpty()
          ? Optional.empty()
          : ProcessHandle.of(Long.parseLong(lines.getFirst().strip()));
    } catch (NumberFormatException e) {
      log.warn("{} has no pid in its first line: \"{}\"", pidFile, lines.getFirst());
      return Optional.empty();
    }
  }

  private static boolean isPostgresOf(ProcessHandle process, Path data) {
    try {
      return Files.isSameFile(Path.of("/proc/" + process.pid() + "/cwd"), data);
    } catch (IOException e) {
      return false; // gone meanwhile, or not ours to look at
    }
  }

  private static void end(ProcessHandle process) throws IOException {
    process.destroy();
    if (!hasEnded(process)) {
      process.destroyForcibly();
      if (!hasEnded(process)) {
        throw new IOException("PostgreSQL pid " + process.pid() + " does not end");
      }
    }
  }

  private static boolean hasEnded(ProcessHandle process) {
    try {
      process.onExit().get(END_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (java.util.concurrent.TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException("waiting for PostgreSQL to end", e);
    }
  }
}

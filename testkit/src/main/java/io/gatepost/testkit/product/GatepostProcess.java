package io.gatepost.testkit.product;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The real product, running as its own process or processes on a data directory of its own. It can
/// be stopped, killed, and started again on the same data. Linux only: it looks into `/proc`.
public final class GatepostProcess implements AutoCloseable {

  /// Far beyond what a start takes, as the machine may be busy with other tests.
  private static final Duration LONGEST_START = Duration.ofMinutes(5);

  private static final Duration LONGEST_STOP = Duration.ofSeconds(90);
  private static final String DELIVERY_HEALTH = "/actuator/health/dependencies/delivery";
  private static final int LOG_TAIL_OCTETS = 12_000;
  private static final Pattern READY =
      Pattern.compile("Gatepost ready: smtp (\\S+):(\\d+) http (\\S+:\\d+) data .*");
  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");

  private final Mode mode;
  private final Path home;
  private final List<Path> besides;
  private final List<String> jvmOptions;
  private Run run;

  private record Run(
      Process process, InetSocketAddress smtp, String http, Duration untilReady, Thread hook) {}

  private GatepostProcess(Mode mode, Path home, List<Path> besides, List<String> jvmOptions) {
    this.mode = mode;
    this.home = home;
    this.besides = besides;
    this.jvmOptions = jvmOptions;
    this.run = launch();
  }

  /// Starts it and waits until it is ready; an [IllegalStateException] with the end of its log
  /// where it does not become so.
  ///
  /// @param home an empty directory for its data, its settings and its log
  /// @param settings the YAML of its settings file
  public static GatepostProcess start(Mode mode, Path home, String settings) {
    return start(mode, home, settings, List.of());
  }

  /// Starts a test build.
  ///
  /// @param besides what its class path has besides the product's own
  public static GatepostProcess start(Mode mode, Path home, String settings, List<Path> besides) {
    return start(mode, home, settings, besides, List.of());
  }

  /// Starts one whose JVM is another's.
  ///
  /// @param besides what its class path has besides the product's own
  /// @param jvmOptions options of the process that is started, which replace the usual ones
  public static GatepostProcess start(
      Mode mode, Path home, String settings, List<Path> besides, List<String> jvmOptions) {
    try {
      Files.createDirectories(home);
      Files.writeString(home.resolve("settings.yaml"), settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new GatepostProcess(mode, home, besides, jvmOptions);
  }

  /// Starts it again on the same data, after it was stopped or killed. Its ports are other ones.
  public void restart() {
    run = launch();
  }

  /// Waits until delivery-service reads the log. A suite that has just started takes mail before
  /// that, and queues what it could have delivered at once (`elsewhere`).
  public void awaitDelivery() {
    await("delivery-service reads the log")
        .atMost(LONGEST_START)
        .until(() -> http("delivery", DELIVERY_HEALTH).contains("\"status\":\"UP\""));
  }

  /// Where it takes mail.
  public InetSocketAddress smtp() {
    return run.smtp();
  }

  /// Where it has health, metrics and, in one process, the operator's port.
  public String httpAddress() {
    return run.http();
  }

  /// Its data directory.
  public Path data() {
    return home.resolve("data");
  }

  /// A mailbox's Maildir, where local delivery has written to it.
  public Path maildir(String address) {
    String[] parts = address.split("@", 2);
    return data().resolve("maildir").resolve(parts[1]).resolve(parts[0]);
  }

  /// From the start of the process to its ready line.
  public Duration untilReady() {
    return run.untilReady();
  }

  /// The process that was started; in split mode the one that watches the others.
  public long pid() {
    return run.process().pid();
  }

  /// One of the processes of a split run: `edge`, `queue`, …, `infrastructure`.
  public ProcessHandle service(String name) {
    return pidIn(data().resolve("run").resolve(name + ".pid")).orElseThrow();
  }

  /// Kills one of the processes of a split run, with SIGKILL.
  public void killService(String name) {
    ProcessTree.kill(List.of(service(name)));
  }

  /// Where the operator's port of the queue is.
  ///
  /// @param token what it asks for, empty for nothing
  public record OperatorPort(URI url, String token) {}

  /// Options by which `queue` finds the operator's port.
  public List<String> operatorOptions() {
    return List.of("--data", data().toString());
  }

  /// The operator's port, as the suite has written it down when it became ready.
  public OperatorPort operatorPort() {
    List<String> lines = operator();
    return new OperatorPort(URI.create(value("queue=", lines)), value("token=", lines));
  }

  private List<String> operator() {
    try {
      return Files.readAllLines(data().resolve("run/operator"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A meter of one service, all its tags together; 0 where there is none.
  ///
  /// @param service as in [#http(String, String)]
  /// @param sample the name of its samples as Prometheus gets them
  public double meter(String service, String sample) {
    return Pattern.compile("(?m)^" + sample + "(?:\\{.*})? (\\S+)$")
        .matcher(http(service, "/actuator/prometheus"))
        .results()
        .mapToDouble(found -> Double.parseDouble(found.group(1)))
        .sum();
  }

  /// Returns the answer of one service's Actuator, whatever its status.
  ///
  /// @param service `queue`, `delivery`, `routing`, `verification`, `scanner` or `edge`; in one
  ///   process each answers for all
  public String http(String service, String path) {
    return get(URI.create(value(service + "=", operator())).resolve(path));
  }

  private static String value(String name, List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()))
        .findFirst()
        .orElseThrow();
  }

  /// The embedded database's first process, while it runs.
  public Optional<ProcessHandle> database() {
    Path data = data().resolve("postgres/data");
    return pidIn(data.resolve("postmaster.pid")).filter(process -> worksIn(process, data));
  }

  /// Whether the embedded database runs and takes connections, by the last line of its pid file.
  public boolean isDatabaseReady() {
    try {
      return database().isPresent()
          && Files.readAllLines(data().resolve("postgres/data/postmaster.pid"))
              .getLast()
              .startsWith("ready");
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Processor time that it has used since it was started, without its database.
  public Duration processorTime() {
    return run.process().info().totalCpuDuration().orElseThrow();
  }

  /// Resident memory in octets of the process that was started.
  public long residentOctets() {
    try {
      Matcher matcher = RESIDENT.matcher(Files.readString(Path.of("/proc/" + pid() + "/status")));
      if (!matcher.find()) {
        throw new IllegalStateException("pid " + pid() + " has no resident memory");
      }
      return Long.parseLong(matcher.group(1)) * 1024;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Returns Actuator's answer, whatever its status.
  ///
  /// @param path such as `/actuator/health/readiness`
  public String http(String path) {
    return get(URI.create("http://" + run.http() + path));
  }

  private static String get(URI uri) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(uri).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /// Kills the embedded database with SIGKILL, which is started again by what keeps it.
  public void killDatabase() {
    ProcessTree.kill(ProcessTree.of(database().orElseThrow()));
  }

  /// All that it has logged since its first start.
  public String log() {
    try {
      return Files.readString(logFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Whether a line of the log has this in it, however long the log is.
  public boolean logs(String text) {
    try (Stream<String> lines = Files.lines(logFile())) {
      return lines.anyMatch(line -> line.contains(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Stops it in order (SIGTERM); returns its exit status.
  public int stop() {
    Process process = run.process();
    process.destroy();
    try {
      if (!process.waitFor(LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
        throw new IllegalStateException("it does not stop within " + LONGEST_STOP + tail());
      }
      forget(run.hook());
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /// Kills it and all that it has started, with SIGKILL.
  public void kill() {
    ProcessTree.kill(family(run.process().toHandle()));
    forget(run.hook());
  }

  /// Kills the one process that was started, with SIGKILL. What it has started has to see to
  /// itself.
  public void killAlone() {
    ProcessTree.kill(List.of(run.process().toHandle()));
  }

  /// Kills what still runs.
  @Override
  public void close() {
    kill();
  }

  private Run launch() {
    List<String> arguments = new ArrayList<>(List.of("run"));
    arguments.addAll(mode.options());
    arguments.addAll(List.of("--data", data().toString()));
    arguments.addAll(List.of("--config", home.resolve("settings.yaml").toString()));
    arguments.addAll(List.of("--smtp-port", "0", "--http-port", "0"));
    long started = System.nanoTime();
    Process process;
    try {
      process =
          new ProcessBuilder(GatepostCommand.line(besides, jvmOptions, arguments))
              .redirectError(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Tests that are broken off leave nothing running.
    Thread hook = new Thread(() -> ProcessTree.kill(family(process.toHandle())));
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      Matcher ready = awaitReady(process);
      return new Run(
          process,
          new InetSocketAddress(ready.group(1), Integer.parseInt(ready.group(2))),
          ready.group(3),
          Duration.ofNanos(System.nanoTime() - started),
          hook);
    } catch (RuntimeException e) {
      ProcessTree.kill(family(process.toHandle()));
      forget(hook);
      throw e;
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The tests are ending, and it runs already: there is nothing left for it to do.
    }
  }

  private Matcher awaitReady(Process process) {
    CompletableFuture<Matcher> ready = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("ready-line")
        .start(() -> {
          try (BufferedReader output = process.inputReader()) {
            output.lines().map(READY::matcher).filter(Matcher::matches).forEach(ready::complete);
            ready.completeExceptionally(new IllegalStateException("it has ended"));
          } catch (IOException | UncheckedIOException e) {
            ready.completeExceptionally(e);
          }
        });
    try {
      return ready.get(LONGEST_START.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("Gatepost does not become ready" + tail(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /// The database is no descendant: it was started by a process that ended at once.
  private List<ProcessHandle> family(ProcessHandle process) {
    return Stream.concat(
            ProcessTree.of(process).stream(),
            database().stream().flatMap(handle -> ProcessTree.of(handle).stream()))
        .distinct()
        .toList();
  }

  private static Optional<ProcessHandle> pidIn(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .findFirst()
          .flatMap(line -> ProcessHandle.of(Long.parseLong(line.strip())));
    } catch (IOException e) {
      return Optional.empty(); // not started, or stopped
    }
  }

  /// A pid file that a killed process left may name a stranger by now.
  private static boolean worksIn(ProcessHandle process, Path directory) {
    try {
      return Files.isSameFile(Path.of("/proc/" + process.pid() + "/cwd"), directory);
    } catch (IOException e) {
      return false; // gone meanwhile, or not ours to look at
    }
  }

  private Path logFile() {
    return home.resolve("gatepost.log");
  }

  private String tail() {
    String log = log();
    return "; its log ends:\n" + log.substring(Math.max(0, log.length() - LOG_TAIL_OCTETS));
  }
}

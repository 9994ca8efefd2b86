package io.gatepost.testkit.peer;

import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// rspamd with a redis of its own, on free ports of the loopback address. It asks nobody: no DNS,
/// no lists, no updates. One worker scans, for HTTP; a proxy beside it speaks milter and scans
/// itself.
public final class Rspamd implements AutoCloseable {

  /// Of its controller, which does not trust this machine.
  public static final String PASSWORD = "secret of rspamd";

  private static final Duration LONGEST_STOP = Duration.ofSeconds(20);

  /// Modules that ask the network, learn, or see mail of tests as sent too often.
  private static final List<String> OFF =
      List.of(
          "arc",
          "asn",
          "bimi",
          "dkim",
          "dkim_signing",
          "dmarc",
          "fuzzy_check",
          "greylist",
          "hfilter",
          "maillist",
          "mx_check",
          "neural",
          "phishing",
          "ratelimit",
          "rbl",
          "replies",
          "reputation",
          "rspamd_update",
          "spf",
          "surbl",
          "url_redirector");

  private final Path home;
  private final int redisPort = FreePort.find();
  private final int port = FreePort.find();
  private final int controllerPort = FreePort.find();
  private final int milterPort = FreePort.find();
  private final Process redis;
  private Process process;

  private Rspamd(Path home, String rules) throws IOException {
    this.home = home;
    Peer rspamd = Peer.find("rspamd", "rspamd");
    Peer redisServer = Peer.find("redis-server", "redis-server");
    configure(rules);
    this.redis =
        Listening.start(
            redisServer,
            home.resolve("redis.log"),
            List.of(
                "--bind", "127.0.0.1", "--port", "" + redisPort, "--save", "", "--dir", "" + home),
            Listening.loopback(redisPort));
    this.process = run(rspamd);
  }

  /// Starts it, with the settings of its package.
  ///
  /// @param rules in Lua, besides those of the package
  public static Rspamd start(String rules) {
    try {
      return new Rspamd(Files.createTempDirectory("rspamd"), rules);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Where it scans, as an address in settings: `http://127.0.0.1:11333`.
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /// Where its controller listens, which scans for those that know the password.
  public String controllerUrl() {
    return "http://127.0.0.1:" + controllerPort;
  }

  /// Where it speaks the milter protocol: `127.0.0.1:11332`.
  public String milter() {
    return "127.0.0.1:" + milterPort;
  }

  /// Its processes, the main one first, to be stopped and continued.
  public List<ProcessHandle> processes() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  /// Kills it, without a chance to say anything.
  public void kill() {
    List<ProcessHandle> all = processes();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(each -> each.onExit().join());
  }

  /// Starts it again on the same ports.
  public void restart() {
    try {
      process = run(Peer.find("rspamd", "rspamd"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> all = processes();
    process.destroy();
    try {
      process.waitFor(LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS);
      all.forEach(ProcessHandle::destroyForcibly);
      redis.destroyForcibly().waitFor();
      OwnServer.delete(home);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Process run(Peer rspamd) throws IOException {
    return Listening.start(
        rspamd,
        home.resolve("log"),
        List.of(
            "--no-fork",
            "--insecure", // the workers stay who we are
            "--config",
            "/etc/rspamd/rspamd.conf",
            "--var=LOCAL_CONFDIR=" + home,
            "--var=DBDIR=" + home.resolve("db"),
            "--var=RUNDIR=" + home,
            "--var=LOGDIR=" + home),
        Listening.loopback(port),
        Listening.loopback(controllerPort),
        Listening.loopback(milterPort));
  }

  private void configure(String rules) throws IOException {
    Files.createDirectories(home.resolve("db"));
    Path local = Files.createDirectories(home.resolve("local.d"));
    Files.writeString(home.resolve("rspamd.local.lua"), rules);
    for (String module : OFF) {
      Files.writeString(local.resolve(module + ".conf"), "enabled = false;\n");
    }
    write(
        local,
        "options.inc",
        """
        dns { nameserver = ["127.0.0.1:%d"]; timeout = 0.1s; retransmits = 1; }
        disable_hyperscan = true;
        """
            .formatted(FreePort.find()));
    write(local, "redis.conf", "servers = \"127.0.0.1:%d\";\n".formatted(redisPort));
    write(local, "logging.inc", "type = \"console\";\nlevel = \"info\";\n");
    write(local, "worker-normal.inc", worker(port));
    write(
        local,
        "worker-controller.inc",
        worker(controllerPort)
            + "password = \"%s\";\nsecure_ip = \"192.0.2.1\";\n".formatted(PASSWORD));
    write(
        local,
        "worker-proxy.inc",
        worker(milterPort)
            + "milter = yes;\nupstream \"local\" { default = yes; self_scan = yes; }\n");
  }

  private static String worker(int port) {
    return "bind_socket = \"127.0.0.1:%d\";\ncount = 1;\n".formatted(port);
  }

  private static void write(Path local, String name, String text) throws IOException {
    Files.writeString(local.resolve(name), text);
  }
}

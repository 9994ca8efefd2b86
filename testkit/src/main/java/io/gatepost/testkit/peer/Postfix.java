package io.gatepost.testkit.peer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Postfix as the mail host of one domain: it knows its users and delivers into their Maildirs. Its
/// limits are those of its package: it delays a client after ten refusals and closes after twenty.
/// It can be stopped, and started again on its port.
public final class Postfix implements AutoCloseable {

  private static final Duration LONGEST_RUN = Duration.ofSeconds(60);
  private static final String DELIVERS_AS = "nobody"; // `virtual` takes no account of Postfix's own

  private static final String MAIN =
      """
      compatibility_level = 3.6
      queue_directory = %1$s/spool
      data_directory = %1$s/lib
      maillog_file_prefixes = %1$s
      maillog_file = %1$s/log
      myhostname = inner.postfix.internal
      mydestination =
      mynetworks = 192.0.2.1
      inet_interfaces = 127.0.0.1
      inet_protocols = ipv4
      smtpd_peername_lookup = no
      smtpd_tls_security_level = none
      alias_maps =
      alias_database =
      local_recipient_maps =
      virtual_mailbox_domains = %2$s
      virtual_mailbox_maps = texthash:%1$s/users
      virtual_mailbox_base = %1$s/mail
      virtual_uid_maps = static:%3$s
      virtual_gid_maps = static:%3$s
      smtpd_recipient_restrictions = check_recipient_access texthash:%1$s/access
      """;

  private static final String MASTER =
      """
      127.0.0.1:%d inet n - n - - smtpd
      pickup unix n - n 60 1 pickup
      cleanup unix n - n - 0 cleanup
      qmgr unix n - n 300 1 qmgr
      rewrite unix - - n - - trivial-rewrite
      bounce unix - - n - 0 bounce
      defer unix - - n - 0 bounce
      trace unix - - n - 0 bounce
      flush unix n - n 1000? 0 flush
      proxymap unix - - n - - proxymap
      smtp unix - - n - - smtp
      showq unix n - n - - showq
      error unix - - n - - error
      retry unix - - n - - error
      virtual unix - n n - - virtual
      anvil unix - - n - 1 anvil
      scache unix - - n - 1 scache
      postlog unix-dgram n - n - 1 postlogd
      """;

  private final Path home;
  private final int port;

  /// The script that waits for it while it runs.
  private Process script;

  private Postfix(Path home, int port) throws IOException {
    this.home = home;
    this.port = port;
    this.script = run();
    // Tests that are broken off leave nothing running.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(script)));
  }

  /// Starts it on a free port of the loopback address; only root may.
  ///
  /// @param users local parts
  /// @param replies what it says to RCPT for some addresses, as its access tables have it, such as
  ///   `450 4.2.1 is being moved`
  public static Postfix start(String domain, List<String> users, Map<String, String> replies) {
    program();
    if (!System.getProperty("user.name").equals("root")) {
      throw Missing.of("only root may start Postfix");
    }
    try {
      int port = FreePort.find();
      return new Postfix(configured(port, domain, users, replies), port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Where it listens.
  public int port() {
    return port;
  }

  /// The messages that it has delivered to a user.
  public List<String> mailbox(String user) {
    Path arrived = home.resolve("mail").resolve(user).resolve("new");
    if (!Files.isDirectory(arrived)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(arrived)) {
      return files.map(Postfix::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Returns its log.
  public String log() {
    return read(home.resolve("log"));
  }

  /// Stops it in order: whoever connects is refused. The next start does without its checks.
  public void stop() {
    Peer.Ended stop = program().run(LONGEST_RUN, List.of("-c", etc(), "quick-stop"));
    if (stop.status() != 0) {
      throw new IllegalStateException("Postfix does not stop: " + stop.output());
    }
  }

  /// Starts it again.
  public void restart() {
    try {
      script = run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Stops it where it runs.
  @Override
  public void close() {
    if (script.isAlive()) {
      stop();
    }
    OwnServer.delete(home);
  }

  private Process run() throws IOException {
    Process started = program().start(home.resolve("start.log"), List.of("-c", etc(), "start-fg"));
    try {
      Listening.await(port, started);
      return started;
    } catch (IOException e) {
      end(started);
      throw new IOException(read(home.resolve("start.log")), e);
    }
  }

  private static void end(Process script) {
    script.descendants().forEach(ProcessHandle::destroy);
  }

  private static Peer program() {
    return Peer.find("postfix", "postfix");
  }

  private String etc() {
    return home.resolve("etc").toString();
  }

  private static Path configured(
      int port, String domain, List<String> users, Map<String, String> replies) throws IOException {
    Path home = Files.createTempDirectory("postfix");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectory(home.resolve("spool"));
    own(Files.createDirectory(home.resolve("lib")), "postfix");
    Path mail = Files.createDirectory(home.resolve("mail"));
    own(mail, DELIVERS_AS);
    Files.write(home.resolve("users"), users.stream().map(user -> entry(user, domain)).toList());
    Files.writeString(
        home.resolve("access"),
        replies.entrySet().stream()
            .map(reply -> reply.getKey() + " " + reply.getValue() + "\n")
            .collect(Collectors.joining()));
    Path etc = Files.createDirectory(home.resolve("etc"));
    Files.writeString(
        etc.resolve("main.cf"), MAIN.formatted(home, domain, Files.getAttribute(mail, "unix:uid")));
    Files.writeString(etc.resolve("master.cf"), MASTER.formatted(port));
    return home;
  }

  private static String entry(String user, String domain) {
    return user + "@" + domain + " " + user + "/";
  }

  private static void own(Path directory, String account) throws IOException {
    UserPrincipal owner =
        directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(account);
    Files.setOwner(directory, owner);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

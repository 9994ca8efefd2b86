package io.gatepost.testkit.peer;

import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// amavisd-new without scanners behind it: a filter that takes messages by SMTP and gives them back
/// by SMTP, with a trace field of its own. A message with a program (`.exe`) attached is wrapped in
/// a warning. It asks no DNS and no database.
public final class Amavisd implements AutoCloseable {

  private static final String USER = "amavis";

  private final OwnServer server;
  private final int port;
  private final int back;

  private Amavisd(OwnServer server, int port, int back) {
    this.server = server;
    this.port = port;
    this.back = back;
  }

  /// Starts it on a free port of the loopback address; it gives messages back on another. Only root
  /// can: it runs as a user of its own, who must not own its settings.
  public static Amavisd start() {
    Peer program = Peer.find("amavisd", "amavisd-new");
    if (!System.getProperty("user.name").equals("root")) {
      throw Missing.of("only root may start amavisd");
    }
    try {
      Path home = Files.createTempDirectory("amavisd");
      Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
      Path data = Files.createDirectory(home.resolve("data"));
      Files.setOwner(
          data, home.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER));
      int port = FreePort.find();
      int back = FreePort.find();
      Path settings = home.resolve("amavisd.conf");
      Files.writeString(settings, settings(data, port, back));
      List<String> arguments =
          List.of("-c", settings.toString(), "-u", USER, "-g", USER, "foreground");
      return new Amavisd(
          new OwnServer(
              home,
              () ->
                  Listening.start(
                      program, home.resolve("log"), arguments, Listening.loopback(port)),
              Amavisd::end),
          port,
          back);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String settings(Path data, int port, int back) {
    return """
    use strict;
    $MYHOME = '%s';
    $TEMPBASE = $MYHOME;
    $pid_file = "$MYHOME/pid";
    $lock_file = "$MYHOME/lock";
    $QUARANTINEDIR = undef;
    $max_servers = 2;
    $enable_db = 0;
    $enable_zmq = 0;
    $do_syslog = 0;
    $LOGFILE = "$MYHOME/log";
    $log_level = 1;
    $mydomain = 'sink.test';
    $myhostname = 'filter.sink.test';
    @local_domains_maps = (1);
    $inet_socket_bind = '127.0.0.1';
    $inet_socket_port = %d;
    $forward_method = 'smtp:[127.0.0.1]:%d';
    $notify_method = $forward_method;
    @bypass_virus_checks_maps = (1);
    @bypass_spam_checks_maps = (1);
    @decoders = (['mail', \\&do_mime_decode]);
    $banned_filename_re = new_RE(qr'\\.exe$'i);
    $final_banned_destiny = D_PASS;
    $defang_banned = 1;
    $banned_admin = undef;
    1;
    """
        .formatted(data, port, back);
  }

  /// Where it takes messages: `127.0.0.1:port`.
  public String address() {
    return "127.0.0.1:" + port;
  }

  /// Where it gives them back, on a port that was free: `127.0.0.1:port`.
  public String backTo() {
    return "127.0.0.1:" + back;
  }

  @Override
  public void close() {
    server.close();
  }

  /// Its workers end with it; killed, it would leave them.
  private static void end(Process process) {
    List<ProcessHandle> all = process.descendants().toList();
    process.destroyForcibly().onExit().join();
    all.forEach(each -> {
      each.destroyForcibly();
      each.onExit().join();
    });
  }
}

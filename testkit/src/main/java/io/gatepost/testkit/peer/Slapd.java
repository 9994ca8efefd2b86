package io.gatepost.testkit.peer;

import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// OpenLDAP's server with the laser schema, below `dc=peer,dc=test`. Everybody may read; the
/// administrator is [#ADMIN] with [#PASSWORD].
public final class Slapd implements AutoCloseable {

  public static final String BASE = "dc=peer,dc=test";
  public static final String ADMIN = "cn=admin," + BASE;
  public static final String PASSWORD = "secret of the admin";

  private static final Duration LONGEST_RUN = Duration.ofSeconds(30);
  private static final String STATISTICS = "256";
  private static final Pattern SEARCH = Pattern.compile("SRCH base=\"[^\"]*\".* filter=\"(.*)\"");

  private final Path home;
  private final int port;
  private final int tlsPort;
  private final boolean hasTls;
  private final OwnServer server;

  private Slapd(Path home, int port, int tlsPort, boolean hasTls) throws IOException {
    this.home = home;
    this.port = port;
    this.tlsPort = tlsPort;
    this.hasTls = hasTls;
    this.server = new OwnServer(home, this::run);
  }

  /// Starts it on a free port, with entries in LDIF below the base.
  public static Slapd start(String entries) {
    return start(entries, Optional.empty());
  }

  /// Starts it with TLS as well.
  ///
  /// @param host the name that its certificate, which it has signed itself, is for
  public static Slapd startWithTls(String entries, String host) {
    return start(entries, Optional.of(host));
  }

  private static Slapd start(String entries, Optional<String> tlsHost) {
    try {
      Path home = Files.createTempDirectory("slapd");
      Files.createDirectory(home.resolve("db"));
      if (tlsHost.isPresent()) {
        certify(home, tlsHost.get());
      }
      Files.writeString(home.resolve("slapd.conf"), configuration(home, tlsHost.isPresent()));
      Files.writeString(home.resolve("entries.ldif"), ROOT + entries);
      succeed(
          Peer.find("slapadd", "slapd"),
          List.of("-f", home + "/slapd.conf", "-l", home + "/entries.ldif"));
      return new Slapd(home, FreePort.find(), FreePort.find(), tlsHost.isPresent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Where it takes `ldap://`.
  public String url() {
    return "ldap://127.0.0.1:" + port;
  }

  /// Where it takes `ldap://` or `ldaps://`, under another name of this machine.
  public String url(String scheme, String host) {
    return scheme + "://" + host + ':' + (scheme.equals("ldaps") ? tlsPort : port);
  }

  /// Its certificate in PEM.
  public Path certificate() {
    return home.resolve("cert.pem");
  }

  /// The filters of the searches since it was started, in order, as it logs them.
  public List<String> searches() {
    return SEARCH
        .matcher(server.text("slapd.log"))
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }

  /// The process, to be stopped and continued.
  public ProcessHandle process() {
    return server.process();
  }

  /// Kills it.
  public void kill() {
    server.kill();
  }

  /// Starts it again on the same ports with the same entries; kills it first where it still runs.
  public void restart() {
    server.restart();
  }

  @Override
  public void close() {
    server.close();
  }

  private Process run() throws IOException {
    String urls = url() + (hasTls ? " ldaps://127.0.0.1:" + tlsPort : "");
    return Listening.start(
        Peer.find("slapd", "slapd"),
        home.resolve("slapd.log"),
        List.of("-d", STATISTICS, "-f", home + "/slapd.conf", "-h", urls),
        Listening.loopback(port));
  }

  private static void succeed(Peer program, List<String> arguments) {
    Peer.Ended ended = program.run(LONGEST_RUN, arguments);
    if (ended.status() != 0) {
      throw new IllegalStateException(program.program() + ": " + ended.output());
    }
  }

  private static void certify(Path home, String host) {
    String name = host.matches("[0-9.]+") ? "IP:" + host : "DNS:" + host;
    succeed(
        Peer.find("openssl", "openssl"),
        List.of(
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=slapd",
            "-addext",
            "subjectAltName=" + name,
            "-keyout",
            home + "/key.pem",
            "-out",
            home + "/cert.pem"));
  }

  private static String configuration(Path home, boolean tls) {
    return """
    include /etc/ldap/schema/core.schema
    include /etc/ldap/schema/cosine.schema
    include /etc/ldap/schema/inetorgperson.schema
    include /etc/ldap/schema/misc.schema
    pidfile %1$s/slapd.pid
    %2$s
    modulepath /usr/lib/ldap
    moduleload back_mdb
    database mdb
    maxsize 16777216
    suffix "%3$s"
    rootdn "%4$s"
    rootpw "%5$s"
    directory %1$s/db
    index objectClass,mailLocalAddress,mail,uid eq
    """
        .formatted(
            home,
            tls
                ? "TLSCertificateFile %1$s/cert.pem\nTLSCertificateKeyFile %1$s/key.pem"
                    .formatted(home)
                : "",
            BASE,
            ADMIN,
            PASSWORD);
  }

  private static final String ROOT =
      """
      dn: dc=peer,dc=test
      objectClass: dcObject
      objectClass: organization
      dc: peer
      o: Peer

      """;
}

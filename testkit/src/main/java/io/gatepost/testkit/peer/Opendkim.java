package io.gatepost.testkit.peer;

import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/// OpenDKIM, a milter: one that signs for `sender.example`, or one that verifies what the other has
/// signed. It asks no DNS: the public key is in a file.
public final class Opendkim implements AutoCloseable {

  /// The domain that it signs for.
  public static final String DOMAIN = "sender.example";

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String SELECTOR = "test";

  private final Path home;
  private final SocketAddress address;
  private final Process process;

  private Opendkim(Path home, SocketAddress address, Process process) {
    this.home = home;
    this.address = address;
    this.process = process;
  }

  /// A key pair of RSA.
  ///
  /// @param directory with `private.pem`, and the public key as OpenDKIM reads it, in `public`
  public record Keys(Path directory) {

    /// Makes one in an empty directory.
    public static Keys create(Path directory) {
      Peer openssl = Peer.find("openssl", "openssl");
      String privateKey = directory + "/private.pem";
      succeed(openssl, List.of("genrsa", "-traditional", "-out", privateKey, "2048"));
      succeed(
          openssl,
          List.of(
              "rsa",
              "-in",
              privateKey,
              "-pubout",
              "-outform",
              "DER",
              "-out",
              directory + "/public.der"));
      try {
        byte[] publicKey = Files.readAllBytes(directory.resolve("public.der"));
        Files.writeString(
            directory.resolve("public"),
            SELECTOR
                + "._domainkey."
                + DOMAIN
                + " v=DKIM1; k=rsa; p="
                + Base64.getEncoder().encodeToString(publicKey)
                + "\n");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new Keys(directory);
    }
  }

  /// One that signs what authenticated clients and 127.0.0.1 send, over TCP. Every octet of header
  /// and body counts (canonicalization `simple`).
  public static Opendkim signing(Keys keys) {
    int port = FreePort.find();
    return start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        "inet:" + port + "@127.0.0.1",
        """
        Mode s
        Domain %s
        Selector %s
        KeyFile %s/private.pem
        Canonicalization simple/simple
        RequireSafeKeys false
        """
            .formatted(DOMAIN, SELECTOR, keys.directory));
  }

  /// One that verifies, over a UNIX socket beside the keys.
  ///
  /// @param ifBad what it does about bad signatures: `accept`, `reject`, `discard`
  public static Opendkim verifying(Keys keys, String ifBad) {
    Path socket = keys.directory.resolve(ifBad + ".socket");
    return start(
        UnixDomainSocketAddress.of(socket),
        "local:" + socket,
        """
        Mode v
        TestPublicKeys %s/public
        AlwaysAddARHeader true
        On-BadSignature %s
        """
            .formatted(keys.directory, ifBad));
  }

  /// Where it listens, as in settings: `127.0.0.1:port` or `unix:/path`.
  public String address() {
    return switch (address) {
      case InetSocketAddress tcp -> "127.0.0.1:" + tcp.getPort();
      case UnixDomainSocketAddress unix -> "unix:" + unix.getPath();
      default -> throw new IllegalStateException("address: " + address);
    };
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    OwnServer.delete(home);
  }

  /// @param socket its address in its own form
  private static Opendkim start(SocketAddress address, String socket, String settings) {
    Peer opendkim = Peer.find("opendkim", "opendkim");
    try {
      Path home = Files.createTempDirectory("opendkim");
      Files.writeString(
          home.resolve("conf"),
          settings
              + """
              Socket %s
              PidFile %s/pid
              Syslog false
              """
                  .formatted(socket, home));
      Process process =
          Listening.start(
              opendkim,
              home.resolve("log"),
              List.of("-f", "-x", home.resolve("conf").toString()),
              address);
      return new Opendkim(home, address, process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void succeed(Peer program, List<String> arguments) {
    Peer.Ended ended = program.run(LIMIT, arguments);
    if (ended.status() != 0) {
      throw new IllegalStateException(program.program() + ": " + ended.output());
    }
  }
}

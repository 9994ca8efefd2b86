package io.gatepost.system.scenarios;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.bench.measure.ProcessGroups;
import io.gatepost.bench.mta.Postfix;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.mta.Site;
import io.gatepost.bench.mta.Work;
import io.gatepost.system.Estate;
import io.gatepost.testkit.peer.Missing;
import io.gatepost.testkit.peer.Peer;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.FakeSmtpServer.Arrival;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients that people really use: each client's message arrives in a mailbox and at a next hop,
/// octet by octet as it was sent. Swaks is in [LocalMailIT].
@ParameterizedClass
@EnumSource(Mode.class)
class RealClientsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String BOB = "bob@example.test";
  private static final String ALICE = "alice@example.test";
  private static final String AWAY = "user@sink.test";

  @Parameter Mode mode;
  @TempDir Path directory;
  private Estate estate;
  private String host = "";
  private String port = "";
  private final String messageId = Estate.newMessageId();
  private final String content =
      "From: <bob@example.test>\r\nTo: <alice@example.test>\r\nMessage-ID: "
          + messageId
          + """
          \r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r
          MIME-Version: 1.0\r
          Content-Type: text/plain; charset=utf-8\r
          Content-Transfer-Encoding: 8bit\r
          Subject: dots, eight bits and blanks\r
          \r
          .\r
          ..\r
          .dot\r
          Grüße aus Zürich — 日本\r
          \ttab and blanks  \t \r
          %s\r
          \r
          \r
          the end\r
          """
              .formatted("x".repeat(900));

  @BeforeEach
  void useTheSharedEstate() {
    estate = Estate.shared(mode);
    estate.nextHop().keepContent();
    host = estate.gatepost().smtp().getHostString();
    port = String.valueOf(estate.gatepost().smtp().getPort());
  }

  @Test
  void curl() throws IOException {
    sends(
        Peer.find("curl", "curl"),
        List.of(
            "--silent",
            "--show-error",
            "--url",
            "smtp://" + host + ":" + port + "/client.example",
            "--mail-from",
            BOB,
            "--mail-rcpt",
            ALICE,
            "--mail-rcpt",
            AWAY,
            "--upload-file",
            file(content).toString()));

    arrivedAsItWasSent();
  }

  @Test
  void msmtp() throws IOException {
    Peer.Ended ended =
        Peer.find("msmtp", "msmtp")
            .run(
                PATIENCE,
                file(content.replace("\r\n", "\n")), // what a sendmail command is given
                Map.of(),
                List.of(
                    "--host=" + host,
                    "--port=" + port,
                    "--from=" + BOB,
                    "--domain=client.example",
                    "--auth=off",
                    "--tls=off",
                    "--",
                    ALICE,
                    AWAY));

    assertThat(ended.status()).as(ended.output()).isZero();
    arrivedAsItWasSent();
  }

  @Test
  void pythonSmtplib() throws IOException {
    String script =
        """
        import smtplib, sys
        host, port, sender, file, *recipients = sys.argv[1:]
        with smtplib.SMTP(host, int(port), local_hostname="client.example") as server:
            server.sendmail(sender, recipients, open(file, "rb").read(), ["BODY=8BITMIME"])
        """;
    sends(
        Peer.find("python3", "python3"),
        List.of("-c", script, host, port, BOB, file(content).toString(), ALICE, AWAY));

    arrivedAsItWasSent();
  }

  @Test
  void nodemailer() throws IOException {
    String script =
        """
        const [host, port, from, file, ...to] = process.argv.slice(1);
        require("nodemailer")
          .createTransport({ host, port, name: "client.example", ignoreTLS: true })
          .sendMail({ envelope: { from, to }, raw: require("fs").readFileSync(file) })
          .then(() => process.exit(0), (e) => { console.error(e); process.exit(1); });
        """;
    Path library = Path.of("/usr/share/nodejs");
    if (!Files.isDirectory(library.resolve("nodemailer"))) {
      throw Missing.of("nodemailer is not installed (Debian package node-nodemailer)");
    }
    Peer.Ended ended =
        Peer.find("node", "nodejs")
            .run(
                PATIENCE,
                Path.of("/dev/null"),
                Map.of("NODE_PATH", library.toString()),
                List.of("-e", script, host, port, BOB, file(content).toString(), ALICE, AWAY));

    assertThat(ended.status()).as(ended.output()).isZero();
    arrivedAsItWasSent();
  }

  @Test
  void jakartaMail() throws MessagingException {
    Properties properties = new Properties();
    properties.put("mail.smtp.host", host);
    properties.put("mail.smtp.port", port);
    properties.put("mail.smtp.localhost", "client.example");
    properties.put("mail.smtp.from", BOB);
    properties.put("mail.smtp.allow8bitmime", "true");
    Session session = Session.getInstance(properties);
    MimeMessage message =
        new MimeMessage(session, new ByteArrayInputStream(content.getBytes(UTF_8)));
    try (Transport transport = session.getTransport("smtp")) {
      transport.connect();
      transport.sendMessage(
          message, new InternetAddress[] {new InternetAddress(ALICE), new InternetAddress(AWAY)});
    }

    arrivedAsItWasSent();
  }

  /// Postfix takes the message over SMTP and hands it on to us.
  @Test
  void postfixAsAnUpstreamRelay() throws IOException, InterruptedException {
    Optional<String> obstacle = new Postfix().obstacle(Work.RELAY);
    if (obstacle.isPresent()) {
      throw Missing.of("Postfix " + obstacle.get());
    }
    Path place = Files.createTempDirectory("upstream"); // its users have to get there
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (ProcessGroups groups = ProcessGroups.open();
        RunningSystem postfix =
            new Postfix()
                .start(new Site(place, groups.group("postfix"), estate.gatepost().smtp(), 0))) {
      InetSocketAddress upstream = postfix.smtp();
      sends(
          Peer.find("curl", "curl"),
          List.of(
              "--silent",
              "--show-error",
              "--url",
              "smtp://" + upstream.getHostString() + ":" + upstream.getPort() + "/client.example",
              "--mail-from",
              BOB,
              "--mail-rcpt",
              AWAY,
              "--upload-file",
              file(content).toString()));
      await().atMost(PATIENCE).until(() -> !estate.nextHop().arrivals(messageId).isEmpty());
    }

    assertThat(atTheNextHop()).contains("by postfix.test (Postfix)").endsWith(utf8(content));
  }

  private static void sends(Peer client, List<String> arguments) {
    Peer.Ended ended = client.run(PATIENCE, arguments);
    assertThat(ended.status()).as(ended.output()).isZero();
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("message"), text);
  }

  private void arrivedAsItWasSent() {
    await().atMost(PATIENCE).until(() -> inTheMailbox().isPresent());
    await().atMost(PATIENCE).until(() -> !estate.nextHop().arrivals(messageId).isEmpty());
    assertThat(inTheMailbox().orElseThrow())
        .startsWith("Return-Path: <bob@example.test>\r\nDelivered-To: " + ALICE + "\r\nReceived: ")
        .endsWith(utf8(content));
    String away = atTheNextHop();
    assertThat(away).startsWith("Received: from ").endsWith(utf8(content));
    assertThat(away.lastIndexOf("\nReceived: ")).as("only our own stands above it").isNegative();
  }

  private Optional<String> inTheMailbox() {
    return estate.mailbox(ALICE).stream()
        .filter(message -> message.contains("Message-ID: " + messageId + "\r\n"))
        .findFirst();
  }

  private String atTheNextHop() {
    List<Arrival> arrivals = estate.nextHop().arrivals(messageId);
    assertThat(arrivals).hasSize(1);
    return arrivals.getFirst().content();
  }

  /// As mailboxes and next hops are read: one character for each octet.
  private static String utf8(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }
}

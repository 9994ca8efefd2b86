package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.system.Estate;
import io.gatepost.testkit.peer.Peer;
import io.gatepost.testkit.product.Mode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A real client sends to alice, and her Maildir has it octet for octet.
@ParameterizedClass
@EnumSource(Mode.class)
class LocalMailIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ALICE = "alice@example.test";

  @Parameter Mode mode;
  @TempDir Path directory;
  private Estate estate;
  private final String messageId = Estate.newMessageId();

  @BeforeEach
  void useTheSharedEstate() {
    estate = Estate.shared(mode);
  }

  @Test
  void dotsArriveAsTheyWereMeant() throws IOException {
    String content = message("7bit", ".\r\n..\r\n...three\r\n. one\r\n.\r\nend.\r\n");

    Peer.Ended swaks = swaks(content, "--to", ALICE);

    assertThat(swaks.status()).as(swaks.output()).isZero();
    assertThat(delivered()).isEqualTo(content);
  }

  @Test
  void eightBitContentArrivesAsItWas() throws IOException {
    StringBuilder body = new StringBuilder();
    for (char octet = 0x80; octet <= 0xff; octet++) {
      body.append(octet).append(octet % 16 == 15 ? "\r\n" : " ");
    }
    String content = message("8bit", body.toString());

    Peer.Ended swaks = swaks(content, "--to", ALICE);

    assertThat(swaks.status()).as(swaks.output()).isZero();
    assertThat(delivered()).isEqualTo(content);
  }

  @Test
  void anAttachmentOfTenMebibytesArrivesWhole() throws IOException {
    byte[] octets = new byte[10 * 1024 * 1024];
    new Random(1).nextBytes(octets);
    String content = message("base64", Base64.getMimeEncoder().encodeToString(octets) + "\r\n");

    Peer.Ended swaks = swaks(content, "--to", ALICE);

    assertThat(swaks.status()).as(swaks.output()).isZero();
    assertThat(delivered().equals(content)).as("delivered as it was sent").isTrue();
  }

  @Test
  void aThousandRecipientsEachGetIt() throws IOException {
    List<String> recipients = new ArrayList<>();
    for (int i = 0; i < 999; i++) {
      recipients.add("user" + i + "@sink.test");
    }
    String content = message("7bit", "to many\r\n");

    Peer.Ended swaks =
        swaks(content, "--pipeline", "--to", ALICE + "," + String.join(",", recipients));

    assertThat(swaks.status()).as(swaks.output()).isZero();
    assertThat(delivered()).isEqualTo(content);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(estate.nextHop().arrivals(messageId))
                .extracting("recipient")
                .containsExactlyInAnyOrderElementsOf(recipients));
  }

  @Test
  void nobodyIsRefusedAtRcpt() throws IOException {
    Peer.Ended swaks = swaks(message("7bit", "x\r\n"), "--to", "nobody@example.test");

    assertThat(swaks.status()).as(swaks.output()).isEqualTo(24); // all recipients refused
    assertThat(swaks.output()).contains("<** 550 5.1.1 No such user: nobody@example.test");
  }

  @Test
  void aStrangerMayNotRelay() throws IOException {
    Peer.Ended swaks =
        swaks(
            message("7bit", "x\r\n"),
            "--local-interface",
            "127.0.0.2",
            "--to",
            "victim@elsewhere.test");

    assertThat(swaks.status()).as(swaks.output()).isEqualTo(24);
    assertThat(swaks.output()).contains("<** 554 5.7.1 Relay access denied");
  }

  @Test
  void anAliasReachesEachOfItsMembersOnce() throws IOException {
    String content = message("7bit", "to all\r\n");

    Peer.Ended swaks = swaks(content, "--to", "staff@example.test," + ALICE);

    assertThat(swaks.status()).as(swaks.output()).isZero();
    assertThat(delivered()).isEqualTo(content);
    await().atMost(PATIENCE).until(() -> copies("bob@example.test") == 1);
    assertThat(copies(ALICE)).isEqualTo(1);
  }

  private String message(String encoding, String body) {
    return "From: <bob@example.test>\r\nMessage-ID: "
        + messageId
        + "\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: "
        + encoding
        + "\r\nSubject: to alice\r\n\r\n"
        + body;
  }

  private Peer.Ended swaks(String content, String... arguments) throws IOException {
    Path file = directory.resolve("message");
    // It doubles the dots itself, and ends what it sends with CRLF and a dot.
    String unended = content.substring(0, content.length() - 2);
    Files.writeString(file, unended, StandardCharsets.ISO_8859_1);
    List<String> all = new ArrayList<>();
    all.addAll(
        List.of(
            "--server",
            estate.gatepost().smtp().getHostString() + ":" + estate.gatepost().smtp().getPort()));
    all.addAll(List.of("--from", "bob@example.test", "--helo", "client.example"));
    all.addAll(List.of("--data", "@" + file, "--hide-send"));
    all.addAll(List.of(arguments));
    return Peer.find("swaks", "swaks").run(PATIENCE, all);
  }

  /// Alice's copy, below what her own server has put on top.
  private String delivered() {
    await().atMost(PATIENCE).until(() -> copies(ALICE) == 1);
    String whole = estate.mailbox(ALICE).stream().filter(this::isOurs).findFirst().orElseThrow();
    assertThat(whole)
        .startsWith("Return-Path: <bob@example.test>\r\nDelivered-To: " + ALICE + "\r\nReceived: ");
    return whole.substring(whole.indexOf("From: <bob@example.test>"));
  }

  private long copies(String mailbox) {
    return estate.mailbox(mailbox).stream().filter(this::isOurs).count();
  }

  private boolean isOurs(String message) {
    return message.contains("Message-ID: " + messageId + "\r\n");
  }
}

package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueIdSequence;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanVerdict;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.Verification;
import io.gatepost.edge.FakeQueue;
import io.gatepost.edge.intake.Acceptance;
import io.gatepost.edge.intake.ContentMemory;
import io.gatepost.edge.intake.Submission;
import io.gatepost.edge.policy.RecipientLimit;
import io.gatepost.edge.policy.RecipientVerified;
import io.gatepost.edge.policy.RelayNetworks;
import io.gatepost.edge.policy.StandardPolicy;
import io.gatepost.edge.session.SessionMachine;
import io.gatepost.smtp.command.CommandParser;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Mono;

class SmtpListenerTest {

  private static final int MAX_MESSAGE_OCTETS = 300_000;

  private final FakeQueue queue = new FakeQueue();
  private volatile Function<RouteRequest, Mono<RecipientVerdict>> verifier =
      request -> Mono.just(new RecipientVerdict.Good());
  private volatile Mono<ScanVerdict> scanVerdict = Mono.just(new ScanVerdict.Clean());
  private SmtpListener listener;

  @BeforeEach
  void start() {
    Verification verification = request -> verifier.apply(request);
    Scanning scanning =
        (id, content) ->
            DataBufferUtils.join(content).doOnNext(DataBufferUtils::release).then(scanVerdict);
    listener =
        new SmtpListener(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new SessionServices(
                "mx.example",
                new SessionMachine("mx.example", MAX_MESSAGE_OCTETS),
                new CommandParser(ForwardPath.of("postmaster@example.test")),
                new StandardPolicy(
                    new RecipientLimit(100),
                    new RecipientVerified(verification, Duration.ofSeconds(5))),
                new Submission(
                    new QueueIdSequence(InstantSource.system(), 1),
                    "mx.example",
                    queue,
                    new ContentMemory(8 * 1024, 1 << 20),
                    MAX_MESSAGE_OCTETS,
                    InstantSource.system()),
                new Acceptance(scanning, queue, Duration.ofSeconds(1), Duration.ofSeconds(1)),
                RelayNetworks.parse("key", List.of("127.0.0.0/8")),
                new EdgeMeters(new SimpleMeterRegistry()),
                5,
                Duration.ofMinutes(5)));
    listener.start();
  }

  @AfterEach
  void stop() {
    listener.stop();
  }

  @Test
  void aMessageIsQueuedAsItCame() throws IOException {
    try (Client client = new Client()) {
      client.greet();
      client.send("MAIL FROM:<bob@client.example>\r\nRCPT TO:<ann@dest.example>\r\nDATA\r\n");
      assertThat(client.reply()).isEqualTo(Replies.SENDER_OK.toString());
      assertThat(client.reply()).isEqualTo(Replies.RECIPIENT_OK.toString());
      assertThat(client.reply()).startsWith("354 ");
      client.send("Subject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n");
      assertThat(client.reply()).startsWith("250 2.0.0 queued as ");
      assertThat(client.reply()).startsWith("221 ");
    }
    EnvelopeRecord message = queue.messages.getFirst();
    assertThat(text(message.content()))
        .startsWith(
            "Received: from client.example ([127.0.0.1])\r\n\tby mx.example (Gatepost) with ESMTP id ")
        .endsWith("Subject: x\r\n\r\n..dot\r\n");
  }

  @Test
  void aLargeMessageFlowsIntoTheContentStore() throws IOException {
    String body = "0123456789abcdef0123456789abcdef0123456789abcdef\r\n".repeat(4000);
    try (Client client = new Client()) {
      client.greet();
      client.openData();
      client.send(body + ".\r\n");
      assertThat(client.reply()).startsWith("250 2.0.0 queued as ");
    }
    EnvelopeRecord message = queue.messages.getFirst();
    assertThat(message.content()).isEmpty();
    assertThat(text(queue.contents.get(message.envelope().id()))).endsWith("\r\n" + body);
    assertThat(queue.largestChunk).isLessThanOrEqualTo(64 * 1024);
  }

  @Test
  void aMessageThatIsTooLargeLeavesNothingBehind() throws IOException {
    try (Client client = new Client()) {
      client.greet();
      client.openData();
      client.send("x".repeat(998).concat("\r\n").repeat(400) + ".\r\n");
      assertThat(client.reply()).isEqualTo(Replies.MESSAGE_TOO_LARGE.toString());
      client.send("NOOP\r\n");
      assertThat(client.reply()).isEqualTo(Replies.OK.toString());
    }
    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
  }

  @Test
  void aBareLineFeedInContentIsRefusedAndSmugglesNothing() throws IOException {
    try (Client client = new Client()) {
      client.greet();
      client.openData();
      client.send("text\n.\nMAIL FROM:<evil@client.example>\r\n.\r\nNOOP\r\n");
      assertThat(client.reply()).isEqualTo(Replies.BARE_LINE_END_IN_CONTENT.toString());
      assertThat(client.reply()).isEqualTo(Replies.OK.toString());
    }
    assertThat(queue.messages).isEmpty();
  }

  @Test
  void rejectedContentIsRefusedInBothPlaces() throws IOException {
    Reply rejection = Replies.contentRejected("test");
    scanVerdict = Mono.just(new ScanVerdict.Rejected("test", rejection));
    for (String body : List.of("small\r\n", "large\r\n".repeat(5000))) {
      try (Client client = new Client()) {
        client.greet();
        client.openData();
        client.send(body + ".\r\n");
        assertThat(client.reply()).isEqualTo(rejection.toString());
      }
    }
    assertThat(queue.messages).isEmpty();
    assertThat(queue.contents).isEmpty();
  }

  @Test
  void aHungScannerIsATransientRefusal() throws IOException {
    scanVerdict = Mono.never();
    try (Client client = new Client()) {
      client.greet();
      client.openData();
      client.send("text\r\n.\r\n");
      assertThat(client.reply()).isEqualTo(Replies.SCANNER_UNAVAILABLE.toString());
    }
    assertThat(queue.messages).isEmpty();
  }

  @Test
  void aFullDiskIsATransientRefusal() throws IOException {
    queue.failure = java.util.Optional.of(new RpcException(RpcStatus.RESOURCE_EXHAUSTED, "full"));
    for (String body : List.of("small\r\n", "large\r\n".repeat(5000))) {
      try (Client client = new Client()) {
        client.greet();
        client.openData();
        client.send(body + ".\r\n");
        assertThat(client.reply()).isEqualTo(Replies.NO_SPACE.toString());
      }
    }
  }

  @Test
  void pipelinedRecipientsAreCheckedTogetherAndAnsweredInOrder() throws IOException {
    verifier =
        request ->
            switch (request.recipient().localPart().text()) {
              case "slow" ->
                  Mono.<RecipientVerdict>just(new RecipientVerdict.Good())
                      .delayElement(Duration.ofMillis(300));
              case "bad" ->
                  Mono.just(
                      new RecipientVerdict.Bad(
                          Reason.UNKNOWN_USER, Replies.unknownUser(request.recipient())));
              default -> Mono.just(new RecipientVerdict.Good());
            };
    try (Client client = new Client()) {
      client.greet();
      long started = System.nanoTime();
      client.send(
          "MAIL FROM:<>\r\n"
              + "RCPT TO:<slow@dest.example>\r\n".repeat(20)
              + "RCPT TO:<bad@dest.example>\r\nRCPT TO:<quick@dest.example>\r\nDATA\r\n");
      assertThat(client.reply()).isEqualTo(Replies.SENDER_OK.toString());
      for (int i = 0; i < 20; i++) {
        assertThat(client.reply()).isEqualTo(Replies.RECIPIENT_OK.toString());
      }
      assertThat(client.reply()).startsWith("550 5.1.1 ");
      assertThat(client.reply()).isEqualTo(Replies.RECIPIENT_OK.toString());
      assertThat(client.reply()).startsWith("354 ");
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(3));
      client.send("x\r\n.\r\n");
      assertThat(client.reply()).startsWith("250 ");
    }
    assertThat(queue.messages.getFirst().envelope().recipients()).hasSize(2);
  }

  @Test
  void tooManyErrorsEndTheSession() throws IOException {
    try (Client client = new Client()) {
      client.greet();
      client.send("FOO\r\n".repeat(6));
      for (int i = 0; i < 6; i++) {
        assertThat(client.reply()).isEqualTo(Replies.UNRECOGNISED.toString());
      }
      assertThat(client.reply()).isEqualTo(Replies.TOO_MANY_ERRORS.toString());
      assertThat(client.reply()).isEqualTo("closed");
    }
  }

  @Test
  void anEndlessLineIsAnsweredAndSkipped() throws IOException {
    try (Client client = new Client()) {
      client.greet();
      client.send("NOOP " + "x".repeat(10_000) + "\r\nNOOP\r\n");
      assertThat(client.reply()).isEqualTo(Replies.LINE_TOO_LONG.toString());
      assertThat(client.reply()).isEqualTo(Replies.OK.toString());
    }
  }

  @Test
  void aClientThatLeavesDuringDataLeavesNothingBehind() throws IOException {
    try (Client client = new Client()) {
      client.greet();
      client.openData();
      client.send("large\r\n".repeat(5000));
    }
    try (Client client = new Client()) {
      client.greet();
    }
    await().untilAsserted(() -> assertThat(queue.contents).isEmpty());
    assertThat(queue.messages).isEmpty();
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  private final class Client implements AutoCloseable {
    private final Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), listener.address().getPort());
    private final BufferedReader in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    private final OutputStream out = socket.getOutputStream();

    Client() throws IOException {
      socket.setSoTimeout(10_000);
    }

    void greet() throws IOException {
      assertThat(reply()).startsWith("220 mx.example ");
      send("EHLO client.example\r\n");
      assertThat(reply()).startsWith("250 ");
    }

    void openData() throws IOException {
      send("MAIL FROM:<bob@client.example>\r\nRCPT TO:<ann@dest.example>\r\nDATA\r\n");
      reply();
      reply();
      assertThat(reply()).startsWith("354 ");
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    /// The last line of the next reply, or `closed`.
    String reply() throws IOException {
      String line = in.readLine();
      while (line != null && line.charAt(3) == '-') {
        line = in.readLine();
      }
      return line == null ? "closed" : line;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}

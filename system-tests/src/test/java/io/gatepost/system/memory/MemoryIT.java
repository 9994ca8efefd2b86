package io.gatepost.system.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.testkit.product.GatepostProcess;
import io.gatepost.testkit.product.Mode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Memory under clients that pipeline and read no replies, as many as the default limits admit at
/// the default heap, with TLS and without: the process lives, and our own clients are served. With
/// `-Dgatepost.memory.full=true` they come back five times, in turn with TLS and without.
class MemoryIT {

  private static final boolean FULL = Boolean.getBoolean("gatepost.memory.full");
  private static final int ROUNDS = FULL ? 5 : 1;
  private static final int OWN_MESSAGES = FULL ? 100 : 10;
  private static final Duration LONGEST_FLOOD = Duration.ofSeconds(60);
  private static final Duration LONGEST_SERVICE = Duration.ofSeconds(30);
  private static final Pattern HIGHEST = Pattern.compile("(?m)^VmHWM:\\s+(\\d+) kB$");
  private static final Pattern VALUE = Pattern.compile("\"value\":([0-9.E+]+)");

  /// Strangers that must be admitted: of the heap that `-Xmx384m` gives, 371 MiB, one for each 48
  /// KiB, and of these three quarters.
  private static final int STRANGERS = 5_900;

  /// Of them in TLS: one for each 256 KiB, three quarters of that.
  private static final int STRANGERS_IN_TLS = 1_100;

  @TempDir Path directory;

  private double heapPeak;

  @Test
  void clientsThatReadNothingDoNotEndTheProcess() throws IOException, GeneralSecurityException {
    Path mailboxes = directory.resolve("mailboxes");
    Files.write(mailboxes, IntStream.range(0, Crowd.MAILBOXES).mapToObj(i -> "user" + i).toList());
    String settings =
        """
        gatepost.edge: {hostname: mx.example.test, relay-from: 127.0.0.1/32}
        gatepost.routing: {mailboxes-file: %s, mailboxes: "alice, bob"}
        """
            .formatted(mailboxes);
    try (GatepostProcess gatepost =
            GatepostProcess.start(Mode.ALL_IN_ONE, directory.resolve("suite"), settings);
        Crowd crowd = new Crowd(gatepost.smtp())) {
      for (int round = 0; round < ROUNDS; round++) {
        int inTls = round % 2 == 0 ? crowd.fillInTls() : 0;
        int inTheClear = crowd.fill();
        int flooding = crowd.flood();
        // Octets that the clients have sent are read by and by.
        double waiting =
            await("octets that wait, as replies are not taken")
                .atMost(LONGEST_FLOOD)
                .until(
                    () -> metric(gatepost, "gatepost.edge.input.memory"),
                    octets -> octets > 1 << 20);
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < OWN_MESSAGES; i++) {
          millis.add(ownMessage(gatepost));
          heapPeak = Math.max(heapPeak, metric(gatepost, "jvm.memory.used?tag=area:heap"));
        }
        report(gatepost, inTls, inTheClear, flooding, waiting, millis);

        assertThat(inTls).isGreaterThanOrEqualTo(round % 2 == 0 ? STRANGERS_IN_TLS : 0);
        assertThat(inTls + inTheClear).isGreaterThanOrEqualTo(STRANGERS);
        assertThat(millis).allMatch(took -> took < LONGEST_SERVICE.toMillis());
        crowd.leave();
      }
      assertThat(gatepost.logs("OutOfMemory")).isFalse();
    }
  }

  /// A whole session of one of our own clients; returns how long it took.
  private static long ownMessage(GatepostProcess gatepost) throws IOException {
    long started = System.nanoTime();
    try (Socket socket = new Socket(gatepost.smtp().getAddress(), gatepost.smtp().getPort())) {
      socket.setSoTimeout((int) LONGEST_SERVICE.toMillis());
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      assertThat(in.readLine()).startsWith("220 ");
      for (String line :
          List.of(
              "HELO own.example",
              "MAIL FROM:<bob@example.test>",
              "RCPT TO:<alice@example.test>",
              "DATA",
              "Subject: own\r\n\r\ntext\r\n.")) {
        socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        assertThat(in.readLine()).matches("[23].*");
      }
    }
    return (System.nanoTime() - started) / 1_000_000;
  }

  private static double metric(GatepostProcess gatepost, String name) {
    Matcher value = VALUE.matcher(gatepost.http("/actuator/metrics/" + name));
    assertThat(value.find()).as(name).isTrue();
    return Double.parseDouble(value.group(1));
  }

  private void report(
      GatepostProcess gatepost,
      int inTls,
      int inTheClear,
      int flooding,
      double waiting,
      List<Long> millis)
      throws IOException {
    Matcher highest =
        HIGHEST.matcher(Files.readString(Path.of("/proc/" + gatepost.pid() + "/status")));
    List<Long> sorted = Stream.of(millis.toArray(Long[]::new)).sorted().toList();
    System.out.printf(
        "memory: %d sessions, %d of them in TLS, %d flooding; %.1f MiB of input wait;"
            + " heap at most %.0f MiB, after collection %.0f MiB; resident at most %d MiB;"
            + " own messages median %d ms, longest %d ms%n",
        inTls + inTheClear,
        inTls,
        flooding,
        waiting / (1 << 20),
        heapPeak / (1 << 20),
        metric(gatepost, "jvm.gc.live.data.size") / (1 << 20),
        highest.find() ? Long.parseLong(highest.group(1)) / 1024 : -1,
        sorted.get(sorted.size() / 2),
        sorted.getLast());
  }
}

package io.gatepost.bench.scan;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.bench.measure.ProcessGroups;
import io.gatepost.bench.scan.PassingFilter.Giving;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PassingFilterTest {

  private static final List<String> MESSAGE = List.of("Subject: x", "", "..one", "text .", "..");

  @TempDir Path directory;

  private final List<String> givenBack = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private ProcessGroups groups;

  @BeforeEach
  void open() throws IOException {
    groups = ProcessGroups.open();
  }

  @AfterEach
  void close() throws IOException {
    groups.close();
  }

  @ParameterizedTest
  @EnumSource
  void messagesAreGivenBackAsTheyCameAndTheReplyIsThatOfTheServer(Giving giving) throws Exception {
    PassingFilter filter = PassingFilter.start(groups.group("filter"), directory, giving);
    try (ServerSocket server =
        new ServerSocket(filter.backTo().getPort(), 10, filter.backTo().getAddress())) {
      Thread.ofVirtual().start(() -> accept(server));

      List<String> heard = send(filter.address(), 2);

      assertThat(heard).containsExactly("250 taken 1", "250 taken 2");
    }
    assertThat(givenBack)
        .containsSubsequence("MAIL FROM:<a@x.test>", "RCPT TO:<b@y.test>", "DATA")
        .containsSubsequence(MESSAGE)
        .containsSubsequence("MAIL FROM:<a@x.test>", ".", "MAIL FROM:<a@x.test>", ".");
    assertThat(connections).hasValue(giving == Giving.KEPT ? 1 : 2);
  }

  private static List<String> send(InetSocketAddress server, int count) throws IOException {
    List<String> heard = new CopyOnWriteArrayList<>();
    try (Socket socket = new Socket(server.getAddress(), server.getPort());
        BufferedReader input = reader(socket)) {
      input.readLine();
      say(socket, "EHLO x.test");
      while (input.readLine().startsWith("250-")) {}
      for (int i = 0; i < count; i++) {
        say(socket, "MAIL FROM:<a@x.test>", "RCPT TO:<b@y.test>", "DATA");
        input.readLine();
        input.readLine();
        assertThat(input.readLine()).startsWith("354 ");
        say(socket, MESSAGE.toArray(String[]::new));
        say(socket, ".");
        heard.add(input.readLine());
      }
      say(socket, "QUIT");
      input.readLine();
    }
    return heard;
  }

  private void accept(ServerSocket server) {
    AtomicInteger taken = new AtomicInteger();
    while (!server.isClosed()) {
      try (Socket socket = server.accept();
          BufferedReader input = reader(socket)) {
        connections.incrementAndGet();
        say(socket, "220 x");
        boolean isContent = false;
        for (String line = input.readLine(); line != null; line = input.readLine()) {
          givenBack.add(line);
          if (isContent && !line.equals(".")) {
            continue;
          }
          say(socket, reply(line, taken));
          isContent = line.equals("DATA");
        }
      } catch (IOException e) {
        return; // the test is over
      }
    }
  }

  private static String reply(String line, AtomicInteger taken) {
    return switch (line.substring(0, Math.min(4, line.length()))) {
      case "EHLO" -> "250-x\r\n250 PIPELINING";
      case "DATA" -> "354 go on";
      case "." -> "250 taken " + taken.incrementAndGet();
      default -> "250 ok";
    };
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
  }

  private static void say(Socket socket, String... lines) throws IOException {
    socket.getOutputStream().write((String.join("\r\n", lines) + "\r\n").getBytes(ISO_8859_1));
  }
}

package io.gatepost.cli.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.cli.CommandTree;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SendmailCommandTest {

  private final List<String> heard = new ArrayList<>();
  private boolean isPolite = true;
  private String extension = "8BITMIME";
  private int room = Integer.MAX_VALUE;

  /// Runs the command against a server that answers RCPT so, and notes what the server heard.
  private int run(String text, String answerToRcpt, String... arguments) throws IOException {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(() -> serve(server, answerToRcpt));
      List<String> all = new ArrayList<>(List.of("sendmail"));
      all.addAll(List.of("--server", "127.0.0.1:" + server.getLocalPort()));
      all.addAll(List.of(arguments));
      CommandLine line = CommandTree.ofClient();
      line.setErr(new PrintWriter(new StringWriter()));
      int code = line.execute(all.toArray(String[]::new));
      server.close();
      served.join();
      return code;
    } finally {
      System.setIn(before);
    }
  }

  private void serve(ServerSocket server, String answerToRcpt) {
    try (Socket socket = server.accept()) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      PrintWriter out = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.UTF_8);
      out.print("220 mx.example\r\n");
      out.flush();
      boolean data = false;
      int recipients = 0;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        heard.add(line);
        if (data && !line.equals(".")) {
          continue;
        }
        if (line.equals("QUIT") && !isPolite) {
          return;
        }
        recipients = line.startsWith("MAIL") ? 0 : recipients;
        String answer =
            line.startsWith("EHLO")
                ? "250-mx.example\r\n250 " + extension
                : line.startsWith("RCPT")
                    ? ++recipients > room ? "452 4.5.3 too many recipients" : answerToRcpt
                    : line.equals("DATA") ? "354 go" : "250 ok";
        data = line.equals("DATA");
        out.print(answer + "\r\n");
        out.flush();
      }
    } catch (IOException e) {
      heard.add("closed");
    }
  }

  @Test
  void aMessageGoesToArgumentsAndHeader() throws IOException {
    int code =
        run(
            "To: ann@x.example\nBcc: hidden@x.example\nSubject: s\n\ntext\n.\nmore\n",
            "250 ok",
            "-t",
            "-oi",
            "-oem",
            "-fbob@x.example",
            "-F",
            "Bob B.",
            "eve@x.example");

    assertThat(code).isEqualTo(0);
    assertThat(heard)
        .contains(
            "RCPT TO:<eve@x.example>",
            "RCPT TO:<ann@x.example>",
            "RCPT TO:<hidden@x.example>",
            "From: \"Bob B.\" <bob@x.example>",
            "..",
            "more")
        .anyMatch(line -> line.startsWith("MAIL FROM:<bob@x.example>"))
        .noneMatch(line -> line.startsWith("Bcc:"));
  }

  @Test
  void aDotEndsTheMessageUnlessToldOtherwise() throws IOException {
    assertThat(run("Subject: s\n\ntext\n.\nmore\n", "250 ok", "-f", "<>", "ann@x.example"))
        .isEqualTo(0);

    assertThat(heard).contains("text").doesNotContain("more");
    assertThat(heard).anyMatch(line -> line.startsWith("MAIL FROM:<>"));
  }

  @Test
  void whatWasAcceptedIsSoWithoutAFarewell() throws IOException {
    isPolite = false;

    assertThat(run("Subject: s\n\ntext\n", "250 ok", "ann@x.example")).isZero();
  }

  @Test
  void whatOtherSendmailsTakeIsTaken() throws IOException {
    int code =
        run(
            "Subject: s\n\ntext\n",
            "250 ok",
            List.of("-G -i -Ac -N failure,delay -R hdrs -V id -h 3 -L tag -O X=y".split(" "))
                .toArray(String[]::new));

    assertThat(code).as("no recipient, and no complaint about an option").isEqualTo(65);
  }

  @Test
  void anArgumentMayBeAListOfAddresses() throws IOException {
    assertThat(run("x\n", "250 ok", "ann@x.example, Eve <eve@x.example>")).isZero();

    assertThat(heard).contains("RCPT TO:<ann@x.example>", "RCPT TO:<eve@x.example>");
  }

  @Test
  void aNameBeyondAsciiIsEncoded() throws IOException {
    run("x\n", "250 ok", "-F", "J\u00f6rg", "-f", "j@x.example", "ann@x.example");

    assertThat(heard).contains("From: =?UTF-8?B?SsO2cmc=?= <j@x.example>");
  }

  @Test
  void noticesAreAskedForWhereTheServerSendsThem() throws IOException {
    extension = "DSN";

    run(
        "x\n",
        "250 ok",
        "-N",
        "success,failure",
        "-R",
        "hdrs",
        "-V",
        "a=1",
        "-f",
        "j@x.example",
        "ann@x.example");

    assertThat(heard).contains("RCPT TO:<ann@x.example> NOTIFY=SUCCESS,FAILURE");
    assertThat(heard).contains("MAIL FROM:<j@x.example> RET=HDRS ENVID=a+3D1");
  }

  @Test
  void noticesThatDoNotExistAreRefused() throws IOException {
    assertThat(run("x\n", "250 ok", "-N", "always", "ann@x.example")).isEqualTo(64);
    assertThat(run("x\n", "250 ok", "-N", "never,delay", "ann@x.example")).isEqualTo(64);
    assertThat(run("x\n", "250 ok", "-R", "body", "ann@x.example")).isEqualTo(64);
    assertThat(heard).noneMatch(line -> line.startsWith("MAIL"));
  }

  @Test
  void recipientsForWhomThereIsNoRoomGoInTheNextTransaction() throws IOException {
    room = 2;

    assertThat(run("x\n", "250 ok", "a@x.example", "b@x.example", "c@x.example")).isZero();

    assertThat(heard.stream().filter("DATA"::equals)).hasSize(2);
    assertThat(heard.stream().filter("RCPT TO:<c@x.example>"::equals)).hasSize(2);
  }

  @Test
  void moreThanAThousandRecipientsGoInSeveralTransactions() throws IOException {
    String[] recipients =
        IntStream.range(0, 1001).mapToObj(i -> "a" + i + "@x.example").toArray(String[]::new);

    assertThat(run("x\n", "250 ok", recipients)).isZero();

    assertThat(heard.stream().filter("DATA"::equals)).hasSize(2);
    assertThat(heard.stream().filter(line -> line.startsWith("RCPT"))).hasSize(1001);
  }

  @Test
  void aProgramMayHoldTheDialogueItself() throws IOException {
    PrintStream before = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      assertThat(run("MAIL FROM:<a@x.example>\r\nQUIT\r\n", "250 ok", "-bs")).isZero();
    } finally {
      System.setOut(before);
    }

    assertThat(heard).containsExactly("MAIL FROM:<a@x.example>", "QUIT");
    assertThat(said.toString(StandardCharsets.UTF_8))
        .isEqualTo("220 mx.example\r\n250 ok\r\n250 ok\r\n");
  }

  /// An address may be what a visitor of a web page has typed.
  @Test
  void anArgumentIsNeverAFileOfArguments(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("arguments"), "eve@x.example\n");

    assertThat(run("x\n", "250 ok", "@" + file)).isEqualTo(65);
    assertThat(heard).noneMatch(line -> line.contains("eve@x.example"));
  }

  @Test
  void helpSendsNothing() throws IOException {
    assertThat(run("x\n", "250 ok", "--help")).isZero();

    assertThat(heard).noneMatch(line -> line.startsWith("MAIL"));
  }

  @Test
  void theExitCodeSaysWhatHappened() throws IOException {
    assertThat(run("x\n", "550 5.1.1 no such user", "ann@x.example")).isEqualTo(67);
    assertThat(run("x\n", "451 4.3.0 later", "ann@x.example")).isEqualTo(75);
    assertThat(run("x\n", "250 ok", "not an address@@")).isEqualTo(65);
    assertThat(run("x\n", "250 ok", "-bd")).isEqualTo(64);
  }
}

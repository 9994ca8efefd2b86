package io.gatepost.allinone;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.cli.CommandTree;
import io.gatepost.scanner.ScannerApplication;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;

/// The command `scan` and a scanner-gateway that is none of its own making.
class ScanCommandTest {

  private static final String EICAR =
      "X5O!P%@AP[4\\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*";

  @TempDir static Path directory;
  private static ConfigurableApplicationContext gateway;

  @BeforeAll
  static void start() throws IOException {
    SpringApplication application = new SpringApplication(ScannerApplication.class);
    application.setDefaultProperties(
        Map.of(
            "server.port", "0",
            "server.shutdown", "immediate",
            "gatepost.rpc.token", "secret"));
    gateway = application.run();
    Files.writeString(directory.resolve("token"), "secret\n");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String scan(String text, int status) throws IOException {
    Path file = Files.writeString(directory.resolve("message"), text);
    int port = ((WebServerApplicationContext) gateway).getWebServer().getPort();
    StringWriter said = new StringWriter();
    CommandLine line = CommandTree.ofClient();
    line.setOut(new PrintWriter(said));
    line.setErr(new PrintWriter(said));
    int end =
        line.execute(
            "scan",
            file.toString(),
            "--url",
            "http://127.0.0.1:" + port,
            "--token-file",
            directory.resolve("token").toString());
    assertThat(end).as(said.toString()).isEqualTo(status);
    return said.toString();
  }

  @Test
  void aMessageIsCleanOrIsNot() throws IOException {
    assertThat(scan("Subject: hi\n\n.hello\n", 0))
        .contains("test-strings     clean", "accepted: the client would hear 250");
    assertThat(scan("Subject: hi\n\n" + EICAR + "\n", 1))
        .contains(
            "test-strings     bad", "refused: the client would hear 550 5.7.1", "EICAR test virus");
  }
}

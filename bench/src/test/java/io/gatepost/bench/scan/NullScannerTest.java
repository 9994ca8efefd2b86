package io.gatepost.bench.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.bench.load.LoadProcess;
import io.gatepost.bench.measure.ProcessGroup;
import io.gatepost.bench.measure.ProcessGroups;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NullScannerTest {

  @TempDir Path directory;

  private ProcessGroups groups;
  private ProcessGroup group;
  private NullScanner scanner;

  @BeforeEach
  void start() throws IOException {
    groups = ProcessGroups.open();
    group = groups.group("scan");
    scanner = NullScanner.start(group, directory);
  }

  @AfterEach
  void stop() throws IOException {
    groups.close();
  }

  @Test
  void eachMessageOfTheLoneClientIsFoundCleanAndCounted() throws IOException {
    try (LoadProcess client = LoadProcess.start(group, ScanLoad.class, scanner.address())) {
      for (int size : new int[] {1, 20_480, 200_000}) {
        ScanLoad.Order order = new ScanLoad.Order(3, size, 20);

        ScanLoad.Outcome outcome = client.order(ScanLoad.Outcome.class, order.words());

        assertThat(outcome).isEqualTo(new ScanLoad.Outcome(20, 0, ""));
      }
    }
    assertThat(scanner.scans()).isEqualTo(60);
  }

  @Test
  void commandsThatEndWithLfAreAnsweredInTheirForm() throws IOException {
    assertThat(answer("nPING\n")).isEqualTo("PONG\n");
    assertThat(answer("nINSTREAM\n\0\0\0\2ab\0\0\0\0")).isEqualTo("stream: OK\n");
    assertThat(answer("zVERSION\0")).startsWith("ClamAV ").endsWith("\0");
  }

  @Test
  void answersOfASessionAreNumbered() throws IOException {
    String scan = "zINSTREAM\0\0\0\0\2ab\0\0\0\0";

    assertThat(answer("zIDSESSION\0" + scan + scan + "zEND\0" + scan))
        .isEqualTo("1: stream: OK\0" + "2: stream: OK\0");
    assertThat(scanner.scans()).isEqualTo(2);
  }

  @Test
  void aClientThatLeavesHalfWayIsNotCounted() throws IOException {
    assertThat(answer("zINSTREAM\0\0\0\0\5ab")).isEmpty();

    assertThat(scanner.scans()).isZero();
  }

  @Test
  void theContentHasTheSizeThatWasAskedFor() {
    ByteBuffer request = ClamdTalk.scanOf(100_000);
    ByteBuffer one = ClamdTalk.scanOf(1_000);

    // Two chunks instead of one.
    assertThat(request.remaining() - one.remaining()).isEqualTo(99_000 + Integer.BYTES);
  }

  private String answer(String request) throws IOException {
    try (Socket socket = new Socket(scanner.address().getAddress(), scanner.address().getPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      InputStream input = socket.getInputStream();
      return new String(input.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}

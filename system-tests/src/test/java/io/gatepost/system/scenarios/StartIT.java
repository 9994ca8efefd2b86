package io.gatepost.system.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.testkit.product.GatepostCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The product starts with the classes that its training has kept, or without them.
class StartIT {

  /// All that says whether the kept classes fit happens before the first line of the product's own.
  private static final List<String> ARGUMENTS = List.of("--version");

  private record Start(int status, String said) {}

  /// Memory and heaps that docs/operations.md and docker-compose.yml name. By itself a JVM begins
  /// with 1/64 of the memory, which has to hold the objects that were kept. A start that cannot use
  /// all of it takes nearly twice as long, and says nothing.
  @ParameterizedTest
  @CsvSource({
    "16g, 384m",
    "1g, 384m",
    "768m, 288m",
    "576m, 256m",
    "512m, 192m",
    "448m, 192m",
    "448m, 168m",
    "384m, 128m",
    "352m, 96m"
  })
  void theTrainedStartFitsSmallMemory(String memory, String heap) throws Exception {
    Start start = start(List.of("-XX:MaxRAM=" + memory, "-Xmx" + heap, "-XX:AOTMode=on"));

    assertThat(start.status()).as(start.said()).isZero();
    assertThat(start.said()).contains("Gatepost ").doesNotContain("[aot");
  }

  @Test
  void aHeapOfAnotherLayoutOnlyStartsSlower() throws Exception {
    Start start = start(List.of("-XX:-UseCompressedOops"));

    assertThat(start.status()).as(start.said()).isZero();
    assertThat(start.said()).contains("Gatepost ");
  }

  /// A service that does not exist: the JVM is that of the suite, and ends with a line of ours.
  @Test
  void theLauncherStartsAJvmThatHasNoRoomForTheKeptClasses() throws Exception {
    Start start = run(List.of("../gatepost", "service", "none"), Map.of("_JAVA_OPTIONS", "-Xms8m"));

    assertThat(start.said()).contains("no room for the trained start", "service = \"none\"");
    assertThat(start.status()).isEqualTo(64);
  }

  /// @param options after those of the product
  private static Start start(List<String> options) throws Exception {
    List<String> line = new ArrayList<>(GatepostCommand.line(ARGUMENTS));
    line.addAll(line.indexOf("-cp"), options);
    return run(line, Map.of());
  }

  private static Start run(List<String> line, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().put("GATEPOST_IS_BUILT", "yes");
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Start(process.waitFor(), said);
  }
}

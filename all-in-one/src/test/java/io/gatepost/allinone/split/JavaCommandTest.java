package io.gatepost.allinone.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.allinone.start.Settings;
import io.gatepost.rpc.process.HttpProperties;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JavaCommandTest {

  private static final List<String> OWN =
      List.of("-Xmx384m", "-XX:AOTCache=/a/b.aot", "-Xlog:aot*=error:stderr", "-Dx=y");

  /// With the quick one only, a message costs twice the CPU.
  @Test
  void childrenHaveBothCompilers() {
    HttpProperties http = new HttpProperties(0, Duration.ofMinutes(2), 0);
    Settings settings = new Settings(Optional.empty(), Path.of("data"), http, Map.of());
    ChildSpec edge = new ChildSpec("edge", "192m", List.of());

    List<String> command = new JavaCommand(settings, "io.gatepost.Main").of(edge);

    assertThat(command).contains("-Xmx192m").noneMatch(option -> option.contains("Tiered"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Xmx512m", "-Da.b=c", "-XX:TieredStopAtLevel=1", "-Xss1m"})
  void childrenHaveTheTrainedStart(String further) {
    assertThat(JavaCommand.trained(OWN, List.of(further)))
        .containsExactly("-XX:AOTCache=/a/b.aot", "-Xlog:aot*=error:stderr");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-Xms8m", "-Xmn24m", "-XX:NewSize=24m", "-XX:+UseZGC", "-XX:-UseCompressedOops"})
  void aHeapOfAnotherLayoutIsWithoutTheTrainedStart(String further) {
    assertThat(JavaCommand.trained(OWN, List.of("-Da.b=c", further))).isEmpty();
  }
}

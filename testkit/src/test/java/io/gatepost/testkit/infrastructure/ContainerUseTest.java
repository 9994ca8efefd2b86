package io.gatepost.testkit.infrastructure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ContainerUseTest {

  private static final String IMAGE = "apache/kafka:4.2.1";

  @TempDir Path directory;
  private Path socket;
  private FakeEngine fake;

  @BeforeEach
  void start() throws IOException {
    socket = directory.resolve("docker.sock");
    fake = new FakeEngine(socket);
  }

  @AfterEach
  void stop() throws IOException {
    fake.close();
  }

  @Test
  void anImageThatIsThereIsRun() {
    fake.images.add(IMAGE);

    assertThat(ContainerUse.AUTO.appliesTo(IMAGE, engine())).isTrue();
    assertThat(fake.requests).noneMatch(request -> request.startsWith("POST"));
  }

  @Test
  void anImageThatTheRegistryHasIsPulledAndRun() {
    fake.registry.add(IMAGE);

    assertThat(ContainerUse.AUTO.appliesTo(IMAGE, engine())).isTrue();
    assertThat(fake.images).contains(IMAGE);
  }

  @Test
  void withoutTheImageTheEmbeddedPartIsUsed() {
    assertThat(ContainerUse.AUTO.appliesTo(IMAGE, engine())).isFalse();
  }

  @Test
  void anImageThatCannotBeHadIsAskedForOnce() {
    ContainerEngine engine = engine();
    assertThat(engine.trouble(IMAGE)).isPresent();
    int asked = fake.requests.size();

    assertThat(engine.trouble(IMAGE)).isPresent();
    assertThat(fake.requests).hasSize(asked);
  }

  @Test
  void withoutAnEngineTheEmbeddedPartIsUsed() throws IOException {
    fake.close();
    assertThat(ContainerUse.AUTO.appliesTo(IMAGE, engine())).isFalse();

    ContainerEngine nowhere = engineAt("unix://" + directory.resolve("no.sock"), false);
    assertThat(ContainerUse.AUTO.appliesTo(IMAGE, nowhere)).isFalse();
    assertThat(ContainerUse.AUTO.appliesTo(IMAGE, engineAt("tcp://127.0.0.1:1", false))).isFalse();
  }

  @Test
  void anEngineThatDoesNotAnswerIsNotWaitedFor() {
    fake.isSilent = true;

    assertThat(engine().trouble(IMAGE))
        .hasValueSatisfying(why -> assertThat(why).contains("no answer"));
  }

  @Test
  void whatTestcontainersWouldPullItselfHasToBeThereToo() {
    fake.images.add(IMAGE);
    ContainerEngine inContainer =
        new ContainerEngine(
            "unix://" + socket,
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            List.of("alpine:latest"),
            false);

    assertThat(inContainer.trouble(IMAGE))
        .hasValueSatisfying(why -> assertThat(why).startsWith("alpine:latest is not there"));
    assertThat(engineAt("unix://" + socket, true).trouble(IMAGE))
        .hasValueSatisfying(why -> assertThat(why).contains("TESTCONTAINERS_RYUK_DISABLED"));
  }

  @Test
  void alwaysFailsWhereThereIsNoContainerAndSaysWhy() {
    assertThatThrownBy(() -> ContainerUse.ALWAYS.appliesTo(IMAGE, engine()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(IMAGE + " is not there");
  }

  @Test
  void neverDoesNotEvenAsk() {
    fake.images.add(IMAGE);

    assertThat(ContainerUse.NEVER.appliesTo(IMAGE, engine())).isFalse();
    assertThat(fake.requests).isEmpty();
  }

  @Test
  void theSettingIsOneOfThree() {
    assertThat(ContainerUse.parse("auto")).isEqualTo(ContainerUse.AUTO);
    assertThat(ContainerUse.parse("Always")).isEqualTo(ContainerUse.ALWAYS);
    assertThat(ContainerUse.parse("never ")).isEqualTo(ContainerUse.NEVER);
    assertThatThrownBy(() -> ContainerUse.parse("sometimes"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GATEPOST_TEST_CONTAINERS");
  }

  private ContainerEngine engine() {
    return engineAt("unix://" + socket, false);
  }

  private static ContainerEngine engineAt(String host, boolean hasReaper) {
    return new ContainerEngine(
        host, Duration.ofSeconds(2), Duration.ofSeconds(2), List.of(), hasReaper);
  }
}

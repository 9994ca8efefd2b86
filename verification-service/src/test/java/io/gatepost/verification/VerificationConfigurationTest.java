package io.gatepost.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.verification.ScramParameters;
import io.gatepost.contract.verification.ScramUser;
import io.gatepost.contract.verification.SenderRequest;
import io.gatepost.contract.verification.SenderVerdict;
import io.gatepost.contract.verification.Verification;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class VerificationConfigurationTest {

  @TempDir private Path directory;

  private <T> T with(Path users, Function<Verification, T> question) throws IOException {
    Path senders = Files.writeString(directory.resolve("senders"), "ann: info@here.example\n");
    AtomicReference<T> answer = new AtomicReference<>();
    new ApplicationContextRunner()
        .withUserConfiguration(VerificationConfiguration.class)
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .withBean(FakeRouting.class)
        .withBean(FakeDelivery.class)
        .withPropertyValues(
            "gatepost.data-dir=" + directory.resolve("data"),
            "gatepost.verification.callout.keep=memory",
            "gatepost.verification.credentials=" + users,
            "gatepost.verification.senders=" + senders)
        .run(context -> answer.set(question.apply(context.getBean(Verification.class))));
    return answer.get();
  }

  @Test
  void parametersOfUnknownUsersStayOverARestartAndAnEdit() throws IOException {
    Path users = Files.writeString(directory.resolve("users"), "ann:$2b$10$abc\n");
    Function<Verification, ScramParameters> question =
        verification -> verification.scramParameters(new ScramUser("nobody")).block();
    ScramParameters before = with(users, question);

    Files.writeString(users, "ann:$2b$10$def\nbob:$2b$10$abc\n");

    assertThat(with(users, question)).isEqualTo(before);
    assertThat(directory.resolve("data/verification/scram-secret")).exists();
  }

  @Test
  void theTableOfSendersIsRead() throws IOException {
    Path users = Files.writeString(directory.resolve("users"), "ann:$2b$10$abc\n");

    SenderVerdict verdict =
        with(
            users,
            verification ->
                verification
                    .verifySender(new SenderRequest("ann", ForwardPath.of("info@here.example")))
                    .block());

    assertThat(verdict).isEqualTo(new SenderVerdict.Permitted());
  }
}

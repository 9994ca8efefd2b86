package io.gatepost.verification.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.setting.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptSecretTest {

  @TempDir private Path data;

  @Test
  void aSecretIsMadeOnceAndForItsOwnerOnly() throws IOException {
    byte[] made = KeptSecret.in(data.resolve("new"));

    assertThat(made).hasSize(32).isNotEqualTo(KeptSecret.random());
    assertThat(KeptSecret.in(data.resolve("new"))).isEqualTo(made);
    Path file = data.resolve("new/verification/scram-secret");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aSecretThatIsCutShortIsMadeAgain() throws IOException {
    Files.createDirectories(data.resolve("verification"));
    Files.write(data.resolve("verification/scram-secret"), new byte[3]);

    assertThat(KeptSecret.in(data)).hasSize(32).isEqualTo(KeptSecret.in(data));
  }

  @Test
  void aDataDirectoryThatIsNoneIsNamed() throws IOException {
    Path file = Files.createFile(data.resolve("file"));

    assertThatThrownBy(() -> KeptSecret.in(file))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("gatepost.data-dir = ");
  }
}

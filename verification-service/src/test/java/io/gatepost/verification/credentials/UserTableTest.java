package io.gatepost.verification.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.verification.credentials.UserTable.User;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserTableTest {

  private static final String KEY = "A".repeat(43) + "=";

  @Test
  void commentsAndEmptyLinesAreNoUsers() {
    UserTable table = UserTable.parse("users", List.of("# staff", "", "ann:$2b$10$abc", "  "));

    assertThat(table.secret(new User("ann"))).contains(new Secret.Hash("$2b$10$abc"));
    assertThat(table.secret(new User("bob"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ann",
        ":$2b$10$abc",
        "ann:plaintext",
        "ann:{SCRAM-SHA-256}4096,c2FsdA==",
        "ann:{SCRAM-SHA-256}100,c2FsdA==,KEY,KEY",
        "ann:{SCRAM-SHA-256}4096,c2FsdA==,c2FsdA==,KEY",
        "ann:{SCRAM-SHA-256}4096,???,KEY,KEY",
        "ann:{SCRAM-SHA-256}x,c2FsdA==,KEY,KEY",
      })
  void aLineThatIsWrongIsNamedWithoutItsSecret(String line) {
    String secret = line.substring(line.indexOf(':') + 1).replace("KEY", KEY);
    assertThatThrownBy(() -> UserTable.parse("users", List.of("#", line.replace("KEY", KEY))))
        .isInstanceOf(SettingException.class)
        .hasMessageStartingWith("users line 2 = ")
        .message()
        .doesNotContain("\"" + secret);
  }

  @Test
  void eachUserStandsOnce() {
    assertThatThrownBy(() -> UserTable.parse("users", List.of("ann:$2b$10$abc", "ann:$2b$10$def")))
        .hasMessageContaining("each user once");
  }

  @Test
  void whoDoesNotExistHasParametersThatStayTheSame() {
    UserTable table =
        UserTable.parse("users", List.of("eve:{SCRAM-SHA-256}5000,c2FsdA==," + KEY + "," + KEY));

    assertThat(table.scramKeys(new User("eve")).iterations()).isEqualTo(5000);
    assertThat(table.scramKeys(new User("nobody")).salt())
        .isEqualTo(table.scramKeys(new User("nobody")).salt())
        .isNotEqualTo(table.scramKeys(new User("noone")).salt())
        .hasSize(4);
  }
}

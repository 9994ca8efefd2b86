package io.gatepost.verification.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.verification.user.UserName;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserTableTest {

  private static final String KEY = "A".repeat(43) + "=";

  @Test
  void commentsAndEmptyLinesAreNoUsers() {
    UserTable table = UserTable.parse("users", List.of("# staff", "", "ann:$2b$10$abc", "  "));

    assertThat(table.secret(UserName.of("ann"))).contains(new Secret.Hash("$2b$10$abc"));
    assertThat(table.secret(UserName.of("bob"))).isEmpty();
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
  void aUsersDomainIsTheSameHoweverItIsWritten() {
    UserTable table = UserTable.parse("users", List.of("ann@B\u00fccher.example.:$2b$10$abc"));

    assertThat(table.secret(UserName.of("ann@xn--bcher-kva.EXAMPLE"))).isPresent();
    assertThat(table.secret(UserName.of("Ann@xn--bcher-kva.example"))).isEmpty();
    assertThatThrownBy(() ->
            UserTable.parse(
                "users", List.of("ann@dest.example:$2b$10$abc", "ann@DEST.example:$2b$10$def")))
        .hasMessageContaining("each user once");
  }

  private static final byte[] SECRET = {1, 2, 3};

  private static UserTable table(String iterationsAndSalt) {
    return UserTable.parse(
        "users", List.of("eve:{SCRAM-SHA-256}" + iterationsAndSalt + "," + KEY + "," + KEY));
  }

  private static byte[] salt(UserTable table, String user, byte[] secret) {
    return table.scramKeys(UserName.of(user), secret).salt();
  }

  @Test
  void whoDoesNotExistHasParametersThatLookLikeTheOthers() {
    UserTable table = table("5000,c2FsdA==");

    assertThat(table.scramKeys(UserName.of("nobody"), SECRET).iterations()).isEqualTo(5000);
    assertThat(salt(table, "nobody", SECRET))
        .isEqualTo(salt(table, "nobody", SECRET))
        .isNotEqualTo(salt(table, "noone", SECRET))
        .isNotEqualTo(salt(table, "nobody", new byte[] {4}))
        .hasSize(4);
  }

  @Test
  void saltsOfWhoDoesNotExistStayWhenTheTableIsEdited() {
    UserTable table = table("5000,c2FsdA==");
    UserTable edited =
        UserTable.parse(
            "users",
            List.of(
                "eve:{SCRAM-SHA-256}5000,c2FsdB==," + KEY + "," + KEY,
                "bob:{SCRAM-SHA-256}5000,c2FsdC==," + KEY + "," + KEY));

    assertThat(salt(edited, "nobody", SECRET)).isEqualTo(salt(table, "nobody", SECRET));
  }

  @Test
  void saltsOfWhoDoesNotExistChangeTogetherWithTheirIterations() {
    assertThat(salt(table("6000,c2FsdA=="), "nobody", SECRET))
        .isNotEqualTo(salt(table("5000,c2FsdA=="), "nobody", SECRET));
  }

  @Test
  void aLongSaltDoesNotRepeatItself() {
    byte[] salt = salt(table("5000," + "A".repeat(86) + "=="), "nobody", SECRET);

    assertThat(salt).hasSize(64);
    assertThat(Arrays.copyOf(salt, 32)).isNotEqualTo(Arrays.copyOfRange(salt, 32, 64));
  }
}

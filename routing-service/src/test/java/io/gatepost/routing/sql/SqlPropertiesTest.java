package io.gatepost.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.setting.SettingException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.NestedExceptionUtils;

class SqlPropertiesTest {

  @Test
  void withoutSettingsThereIsNoSource() {
    SqlProperties none = read("");

    assertThat(none.isOn()).isFalse();
    assertThat(none.slots()).isEqualTo(8);
    assertThat(none.maxWait()).isEqualTo(Duration.ofSeconds(3));
    assertThat(none.cacheGood()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aQueryMayHaveADatabaseOfItsOwn() {
    SqlProperties query =
        read(
            "query=select value from users where mail = :address|domains=One.Example"
                + "|url=jdbc:postgresql://db/mail|username=mail|password=secret|slots=3");

    assertThat(query.isOn()).isTrue();
    assertThat(query.isInSharedDatabase()).isFalse();
    assertThat(query.domainNames()).containsExactly(new DomainName("one.example"));
    assertThat(query.toString()).doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "enabled=true|query=select :address; .query",
        "query=select :address; .domains",
        "query=select :user|domains=a.test; :user",
        "query=select ':address'|domains=a.test; .query",
        "query=select :sender|domains=a.test; .query",
        "query=delete from users where mail = :address|domains=a.test; .query",
        "query=select :address|domains=not a domain; .domains",
        "enabled=true|domains=a.test; .domains",
        "enabled=true|url=jdbc:postgresql://db/mail; .url",
        "query=select :address|domains=a.test|url=jdbc:mysql://db/mail; .url",
        "query=select :address|domains=a.test|username=mail; .url",
        "enabled=true|slots=0; .slots",
        "enabled=true|slots=101; .slots",
        "enabled=true|max-wait=1m; .max-wait",
        "enabled=true|timeout=0s; .timeout",
        "enabled=true|cache-good=2h; .cache-good",
        "enabled=true|cache-bad=-1s; .cache-bad",
      })
  void whatCannotBeUsedIsRefusedByItsName(String settings, String named) {
    assertThatThrownBy(() -> read(settings))
        .satisfies(e ->
            assertThat(NestedExceptionUtils.getMostSpecificCause(e))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining(named));
  }

  /// A cast has two colons, and what stands in strings and comments is no parameter.
  @Test
  void castsStringsAndCommentsAreNoParameters() {
    OwnQuery.check("key", "select v::text /* :no */ from t where a = :address and b = ':x' -- :y");
  }

  private static SqlProperties read(String settings) {
    Map<String, String> map = new HashMap<>();
    Arrays.stream(settings.split("\\|"))
        .filter(setting -> !setting.isEmpty())
        .map(setting -> setting.split("=", 2))
        .forEach(pair -> map.put(SqlProperties.KEY + '.' + pair[0], pair[1]));
    return new Binder(new MapConfigurationPropertySource(map))
        .bindOrCreate(SqlProperties.KEY, SqlProperties.class);
  }
}

package io.gatepost.routing.ldap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import io.gatepost.contract.setting.SettingException;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTemplateTest {

  private static final String HOSTILE = "*()\\\0&|!=~<>:{}@ab\u00e9\u4e2d\ud83d\ude00";
  private final Random random = new Random();

  private static Filter filled(String template, String address) {
    return FilterTemplate.parse("filter", template)
        .with(Map.of("address", address, "local", "l", "domain", "d.test", "sender", "s"));
  }

  @ParameterizedTest
  @CsvSource({
    "(mail={address}), a*b, (mail=a\\2ab)",
    "(mail={address}), a)(uid=*, (mail=a\\29\\28uid=\\2a)",
    "(mail={address}), a\\2ab, (mail=a\\5c2ab)",
    "(mail={address}), {domain}, (mail={domain})",
    "(mail=smtp:{address}), x, (mail=smtp:x)",
    "(mail=*{address}*), a*, (mail=*a\\2a*)",
    "(&(o=\\2a)(|(mail={address})(!(uid={local})))), x, (&(o=\\2a)(|(mail=x)(!(uid=l))))",
    "(mail:caseExactMatch:={address}), *, (mail:caseExactMatch:=\\2a)",
    "(mail>={address}), *, (mail>=\\2a)",
    "(mail<={address}), *, (mail<=\\2a)",
    "(mail~={address}), *, (mail~=\\2a)",
    "(&(uid=*)(mail={address})), x, (&(uid=*)(mail=x))",
  })
  void valuesTakeThePlaceOfPlaceholdersAndStayValues(
      String template, String address, String expected) {
    assertThat(filled(template, address)).hasToString(expected);
  }

  @RepeatedTest(200)
  void noValueChangesTheStructure() throws LDAPException {
    StringBuilder value = new StringBuilder();
    for (int i = random.nextInt(12); i >= 0; i--) {
      int at = random.nextInt(HOSTILE.codePointCount(0, HOSTILE.length()));
      value.appendCodePoint(HOSTILE.codePointAt(HOSTILE.offsetByCodePoints(0, at)));
    }

    Filter filter = filled("(&(uid=*)(mail={address}))", value.toString());

    Filter read = Filter.create(filter.toString());
    assertThat(read.getComponents()).hasSize(2);
    assertThat(read.getComponents()[1].getFilterType()).isEqualTo(Filter.FILTER_TYPE_EQUALITY);
    assertThat(read.getComponents()[1].getAssertionValue()).isEqualTo(value.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mail={address",
        "(mail={address}",
        "(mail={adress})",
        "({address}=x)",
        "(mail=x)",
        "(mail={sender})",
        "(mail=*)",
      })
  void anythingElseIsRefused(String template) {
    assertThatThrownBy(() -> FilterTemplate.parse("gatepost.routing.ldap.filter", template))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("gatepost.routing.ldap.filter")
        .hasMessageContaining("{address}");
  }
}

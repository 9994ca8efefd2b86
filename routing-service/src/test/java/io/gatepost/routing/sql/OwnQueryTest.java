package io.gatepost.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.routing.chain.RouterResult;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.transaction.support.TransactionOperations;

/// Strange addresses of clients, in a query of the operator's.
class OwnQueryTest {

  private static final String QUERY = "select :local || '@new.test'";

  /// @param rows of a database, by the parameters
  private static String route(String address, Function<Map<String, String>, List<String>> rows) {
    NamedParameterJdbcOperations jdbc =
        (NamedParameterJdbcOperations)
            Proxy.newProxyInstance(
                OwnQueryTest.class.getClassLoader(),
                new Class<?>[] {NamedParameterJdbcOperations.class},
                (_, _, arguments) -> rows.apply(parameters(arguments[1])));
    RouterResult result =
        new OwnQuery(QUERY, jdbc, TransactionOperations.withoutTransaction())
            .find(ForwardPath.of(address), ReversePath.of(""));
    return switch (result) {
      case RouterResult.Rewrite(var found) ->
          found.stream().map(ForwardPath::toString).collect(Collectors.joining(" "));
      case RouterResult.Refuse(var _, var reply) -> reply.toString();
      case RouterResult other -> other.words();
    };
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> parameters(Object argument) {
    return (Map<String, String>) argument;
  }

  /// A domain that is renamed: each local part is kept.
  @ParameterizedTest
  @CsvSource({
    "ann@own.test, ann@new.test",
    "Ann+x@own.test, ann+x@new.test",
    "'\"ann\"@own.test', ann@new.test",
    "'\"x@far.test,y\"@own.test', '\"x@far.test,y\"@new.test'",
    "'\"x@far.test\"@own.test', '\"x@far.test\"@new.test'",
    "'\"a b\"@own.test', '\"a b\"@new.test'",
    "'\"error:5.1.1:550 x\"@own.test', '\"error:5.1.1:550 x\"@new.test'",
    "'\"mailbox:../../etc\"@own.test', '\"mailbox:../../etc\"@new.test'",
    "'a%far.test@own.test', a%far.test@new.test",
    "'far.test!a@own.test', far.test!a@new.test"
  })
  void aLocalPartThatAQueryPutsIntoAnAddressStaysOne(String address, String expected) {
    assertThat(route(address, asked -> List.of(asked.get("local") + "@new.test")))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a!b@own.test", "\"a b\"@own.test", "\"\"@own.test", "gr\u00fcn@own.test"})
  void aNameThatNoMailboxCanHaveIsUnknownWhereEveryNameIsAMailbox(String address) {
    assertThat(route(address, _ -> List.of("mailbox")))
        .isEqualTo("550 5.1.1 No such user: " + address.replace("\u00fc", "?"));
  }

  @Test
  void theNameOfAMailboxIsWithoutDetail() {
    assertThat(route("Ann+x@own.test", _ -> List.of("mailbox")))
        .isEqualTo("deliver to maildir:ann@own.test");
  }
}

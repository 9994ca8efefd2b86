package io.gatepost.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.database.DatabaseCalls;
import io.gatepost.gate.Gate;
import io.gatepost.routing.chain.RouterResult;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

/// Data that the source cannot use.
@ExtendWith(OutputCaptureExtension.class)
class SqlSourceTest {

  private static final String QUERY = "select leads_to from users where mail = :address";
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final SqlProperties properties =
      new SqlProperties(
          false,
          QUERY,
          List.of("own.test"),
          "",
          "",
          "",
          1,
          MINUTE.dividedBy(6),
          MINUTE.dividedBy(6),
          MINUTE,
          MINUTE);
  private final AtomicInteger asked = new AtomicInteger();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final DatabaseCalls calls =
      new DatabaseCalls(new Gate("sql", SqlSource.limits(properties)));
  private final SqlSource source =
      new SqlSource(
          new OwnQuery(QUERY, new NamedParameterJdbcTemplate(new JdbcTemplate()), new Unusable()),
          name -> name.equals(new DomainName("own.test")),
          calls,
          properties,
          new SqlMeters(meters));

  /// A database with rows of two kinds for every address.
  private final class Unusable implements TransactionOperations {
    @Override
    public <T> T execute(TransactionCallback<T> action) throws TransactionException {
      asked.incrementAndGet();
      throw new UnusableRowException("rows of two kinds");
    }
  }

  @AfterEach
  void stop() {
    calls.close();
  }

  private RouterResult find(String address) {
    return source
        .find(new RouteRequest(ReversePath.of("x@far.test"), ForwardPath.of(address), Scope.HOSTED))
        .block(MINUTE);
  }

  @Test
  void dataThatCannotBeUsedIsRememberedLikeOtherAnswers() {
    RouterResult first = find("ann@own.test");
    RouterResult second = find("ann@own.test");

    assertThat(first).isInstanceOf(RouterResult.Later.class).isEqualTo(second);
    assertThat(asked).hasValue(1);

    source.forget();
    find("ann@own.test");

    assertThat(asked).hasValue(2);
    assertThat(
            meters.get("gatepost.routing.sql.answers").tag("result", "unusable").counter().count())
        .isEqualTo(2);
  }

  @Test
  void clientsDoNotDecideHowOftenTheLogTellsOfIt(CapturedOutput output) {
    for (int i = 0; i < 50; i++) {
      find("ann+" + i + "@own.test");
    }

    assertThat(asked).hasValue(50);
    assertThat(output.getOut().lines().filter(line -> line.contains("its data cannot be used")))
        .hasSizeBetween(1, 10);
  }
}

package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.setting.SettingException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class RpcPropertiesTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Enabled.class);

  @Configuration
  @EnableConfigurationProperties(RpcProperties.class)
  static class Enabled {}

  @Test
  void defaults() {
    runner.run(context -> {
      RpcProperties properties = context.getBean(RpcProperties.class);
      assertThat(properties.token()).isEmpty();
      assertThat(properties.scannerToken()).isEmpty();
      assertThat(properties.timeout()).isEqualTo(Duration.ofSeconds(30));
      assertThat(properties.routing()).isEqualTo(URI.create("http://127.0.0.1:8081"));
      assertThat(properties.verification()).isEqualTo(URI.create("http://127.0.0.1:8082"));
      assertThat(properties.scanner()).isEqualTo(URI.create("http://127.0.0.1:8083"));
      assertThat(properties.queue()).isEqualTo(URI.create("http://127.0.0.1:8084"));
      assertThat(properties.delivery()).isEqualTo(URI.create("http://127.0.0.1:8085"));
      assertThat(properties.hosts()).isEmpty();
      assertThat(properties.tokens()).isEqualTo(CallerTokens.NONE);
      assertThat(properties.asksForToken()).isFalse();
      assertThat(properties.operatorToken()).isEmpty();
    });
  }

  @Test
  void everyKey() {
    runner
        .withPropertyValues(
            "gatepost.rpc.token=secret",
            "gatepost.rpc.timeout=3s",
            "gatepost.rpc.routing=http://routing:1",
            "gatepost.rpc.verification=https://verification:2",
            "gatepost.rpc.scanner=http://scanner:3",
            "gatepost.rpc.queue=http://queue:4",
            "gatepost.rpc.delivery=http://delivery:5",
            "gatepost.rpc.hosts=ops.example.test, other.example.test")
        .run(context ->
            assertThat(context.getBean(RpcProperties.class))
                .isEqualTo(
                    new RpcProperties(
                        "secret",
                        Duration.ofSeconds(3),
                        URI.create("http://routing:1"),
                        URI.create("https://verification:2"),
                        URI.create("http://scanner:3"),
                        URI.create("http://queue:4"),
                        URI.create("http://delivery:5"),
                        List.of("ops.example.test", "other.example.test"))));
  }

  private static String token(int number) {
    return "token number " + number + " of all";
  }

  @Test
  void eachCallerMayHaveAToken() {
    runner
        .withPropertyValues(
            "gatepost.rpc.token=own",
            "gatepost.rpc.tokens.edge=" + token(1),
            "gatepost.rpc.tokens.delivery=" + token(2),
            "gatepost.rpc.tokens.verification=" + token(3),
            "gatepost.rpc.tokens.scanner=" + token(4),
            "gatepost.rpc.tokens.operator=" + token(5))
        .run(context -> {
          RpcProperties properties = context.getBean(RpcProperties.class);
          assertThat(properties.tokens())
              .isEqualTo(new CallerTokens(token(1), token(2), token(3), token(4), token(5)));
          assertThat(properties.asksForToken()).isTrue();
          assertThat(properties.operatorToken()).isEqualTo(token(5));
          assertThat(properties.toString()).doesNotContain("own", token(1), token(5));
        });
  }

  /// Who answers a call has seen its token.
  @Test
  void callsToTheGatewayMayCarryATokenOfTheirOwn() {
    runner
        .withPropertyValues(
            "gatepost.rpc.token=own",
            "gatepost.rpc.scanner-token=for scans",
            "gatepost.rpc.tokens.operator=" + token(1))
        .run(context -> {
          RpcProperties properties = context.getBean(RpcProperties.class);
          assertThat(properties.tokenFor(Service.SCANNER)).isEqualTo("for scans");
          assertThat(properties.tokenFor(Service.QUEUE)).isEqualTo("own");
          assertThat(properties.toString()).doesNotContain("own", "for scans");
        });
    assertThat(RpcServer.client("of all", Duration.ofSeconds(1)).tokenFor(Service.SCANNER))
        .isEqualTo("of all");
  }

  @Test
  void whereCallersHaveTokensTheGatewayHearsNoOther() {
    runner
        .withPropertyValues("gatepost.rpc.token=own", "gatepost.rpc.tokens.operator=" + token(1))
        .run(context ->
            assertThatThrownBy(() -> context.getBean(RpcProperties.class).tokenFor(Service.SCANNER))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("gatepost.rpc.scanner-token")
                .hasMessageNotContaining("own"));
    runner
        .withPropertyValues("gatepost.rpc.token=own", "gatepost.rpc.scanner-token=own")
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("gatepost.rpc.scanner-token"));
  }

  @ParameterizedTest
  @CsvSource({
    "tokens.edg,a-token-of-somebody,edg",
    "tokens.queue,a-token-of-somebody,queue",
    "tokens.scanner,the-same-twice-over,tokens.scanner",
    "tokens.scanner,fifteen-letters,tokens.scanner"
  })
  void tokensOfNobodyOfTwoAndShortOnesAreRefused(String key, String value, String named) {
    runner
        .withPropertyValues(
            "gatepost.rpc.tokens.edge=the-same-twice-over", "gatepost.rpc." + key + "=" + value)
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining(named)
                .hasMessageNotContaining(value));
  }

  @ParameterizedTest
  @CsvSource({"timeout,0s", "timeout,-1s", "queue,queue:8084", "routing,/path", "scanner,ftp://x"})
  void refusals(String key, String value) {
    runner
        .withPropertyValues("gatepost.rpc." + key + "=" + value)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasRootCauseInstanceOf(SettingException.class)
                .rootCause()
                .hasMessageContaining("gatepost.rpc." + key));
  }

  @Test
  void aKeyThatDoesNotExistIsRefused() {
    runner
        .withPropertyValues("gatepost.rpc.tokn=secret")
        .run(context -> assertThat(context).hasFailed());
  }

  @Test
  void theTokenIsNotShown() {
    RpcProperties properties = RpcServer.client("a secret", Duration.ofSeconds(1));

    assertThat(properties.toString()).doesNotContain("secret");
  }
}

package io.gatepost.allinone.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.spi.FilterReply;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The product's `logback.xml`, with what Spring sets from its keys.
class LogConfigurationTest {

  private final LoggerContext context = new LoggerContext();

  @AfterEach
  void stop() {
    context.stop();
  }

  @Test
  void aLineHasTimeLevelLoggerAndText() throws JoranException {
    assertThat(line(configured())).matches("\\d{4}-\\d\\d-\\d\\dT\\S+ INFO  LogTest accepted\n");
  }

  @Test
  void springsPatternIsTheOneOfTheLine() throws JoranException {
    context.putProperty("CONSOLE_LOG_PATTERN", "%level <%msg>%n");

    assertThat(line(configured())).isEqualTo("INFO <accepted>\n");
  }

  @Test
  void anotherProcessOfTheSuiteSaysItsName() throws JoranException {
    context.putProperty("CONSOLE_LOG_PATTERN", "%msg%n");
    context.putProperty("gatepost.log.prefix", "queue ");

    assertThat(line(configured())).isEqualTo("queue accepted\n");
  }

  @Test
  void springsThresholdHoldsBackWhatIsBelow() throws JoranException {
    assertThat(configured().getFilterChainDecision(event())).isEqualTo(FilterReply.NEUTRAL);
    context.reset();
    context.putProperty("CONSOLE_LOG_THRESHOLD", "WARN");

    assertThat(configured().getFilterChainDecision(event())).isEqualTo(FilterReply.DENY);
  }

  private BatchAppender configured() throws JoranException {
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(BatchAppender.class.getResource("/logback.xml"));
    return (BatchAppender) context.getLogger("ROOT").getAppender("STDERR");
  }

  private String line(BatchAppender appender) {
    return new String(
        Objects.requireNonNull(appender.encoder()).encode(event()), StandardCharsets.UTF_8);
  }

  private LoggingEvent event() {
    return new LoggingEvent(
        "caller", context.getLogger("io.gatepost.LogTest"), Level.INFO, "accepted", null, null);
  }
}

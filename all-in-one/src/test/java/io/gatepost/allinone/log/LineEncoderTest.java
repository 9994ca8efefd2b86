package io.gatepost.allinone.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

class LineEncoderTest {

  private final LoggerContext context = new LoggerContext();
  private final LineEncoder encoder = new LineEncoder();

  @BeforeEach
  void prepare() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    context.putObject(Environment.class.getName(), new MockEnvironment());
    encoder.setContext(context);
    encoder.setPattern("%level %msg%n");
  }

  @Test
  void withoutAFormatItIsThePattern() {
    assertThat(line()).isEqualTo("INFO accepted user=eve\\u0020x\n");
  }

  @ParameterizedTest
  @CsvSource({"ecs, @timestamp", "logstash, @timestamp", "gelf, short_message"})
  void aStructuredFormatIsJsonOnOneLine(String format, String field) {
    encoder.setFormat(format);

    assertThat(line())
        .startsWith("{")
        .endsWith("}\n")
        .contains("\"" + field + "\":", "accepted user=eve\\\\u0020x")
        .hasLineCount(1);
  }

  private String line() {
    encoder.start();
    LoggingEvent event =
        new LoggingEvent(
            "caller",
            context.getLogger("test"),
            Level.INFO,
            "accepted user={}",
            null,
            new Object[] {"eve x"});
    return new String(encoder.encode(SafeEvent.of(event)), StandardCharsets.UTF_8);
  }
}

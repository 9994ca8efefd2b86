package io.gatepost.allinone.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchAppenderTest {

  private static final int LINES = 20_000;

  private final LoggerContext context = new LoggerContext();
  private final List<String> pieces = new CopyOnWriteArrayList<>();
  private final BatchAppender appender =
      new BatchAppender(
          new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] octets, int from, int length) {
              pieces.add(new String(octets, from, length, StandardCharsets.UTF_8));
            }
          });
  private final Logger log = context.getLogger("test");

  @BeforeEach
  void start() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%level %msg%n");
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    log.setLevel(Level.INFO);
    log.addAppender(appender);
  }

  @Test
  void aLineIsWrittenSoon() {
    log.info("one {}", "line");

    await().until(() -> !pieces.isEmpty());
    assertThat(pieces).containsExactly("INFO one line\n");
  }

  @Test
  void aCallBackComesOnceTheLinesBeforeItAreWritten() {
    CompletableFuture<List<String>> written = new CompletableFuture<>();

    log.info("one");
    log.info("two");
    appender.whenWritten(() -> written.complete(List.copyOf(pieces)));

    assertThat(String.join("", written.orTimeout(20, TimeUnit.SECONDS).join()))
        .isEqualTo("INFO one\nINFO two\n");
  }

  @Test
  void whoWaitsForALogThatHasStoppedIsCalledAtOnce() {
    AtomicBoolean called = new AtomicBoolean();
    appender.stop();

    appender.whenWritten(() -> called.set(true));

    assertThat(called).isTrue();
  }

  @Test
  void aValueCannotForgeAField() {
    log.info("accepted from=<{}>", "\"a> user=eve <\"@far.example");
    appender.stop();

    assertThat(String.join("", pieces))
        .isEqualTo(
            "INFO accepted"
                + " from=<\\\"a\\u003e\\u0020user\\u003deve\\u0020\\u003c\\\"@far.example>\n");
  }

  @Test
  void allLinesAreWrittenInOrderAndInFewPieces() {
    IntStream.range(0, LINES).forEach(i -> log.info("{}", i)); // more than the queue holds
    appender.stop();

    String expected =
        IntStream.range(0, LINES)
            .mapToObj(i -> "INFO " + i + "\n")
            .reduce(new StringBuilder(), StringBuilder::append, StringBuilder::append)
            .toString();
    assertThat(String.join("", pieces)).isEqualTo(expected);
    assertThat(pieces).hasSizeLessThan(LINES / 10);
  }
}

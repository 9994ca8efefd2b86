package io.gatepost.allinone.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

class UnheardErrorsTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(UnheardErrors.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
    UnheardErrors.listen();
  }

  @AfterEach
  void leave() {
    Hooks.resetOnErrorDropped();
    logger.detachAppender(lines);
  }

  private void comesTooLate(Throwable error) {
    Operators.onErrorDropped(error, Context.empty());
  }

  @Test
  void aDeadlineThatPassesAtASecondPlaceIsNoNews() {
    comesTooLate(new TimeoutException("30 ms"));
    comesTooLate(new RpcException(RpcStatus.DEADLINE_EXCEEDED, "no answer in 30 ms"));

    assertThat(lines.list).noneMatch(line -> line.getLevel().isGreaterOrEqual(Level.INFO));
  }

  @Test
  void anyOtherErrorIsLoggedWithItsStack() {
    comesTooLate(new IllegalStateException("a fault"));
    comesTooLate(new RpcException(RpcStatus.UNAVAILABLE, "no connection"));

    assertThat(lines.list)
        .hasSize(2)
        .allMatch(line -> line.getLevel() == Level.ERROR && line.getThrowableProxy() != null);
  }
}

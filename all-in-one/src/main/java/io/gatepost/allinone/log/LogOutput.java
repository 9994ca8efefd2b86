package io.gatepost.allinone.log;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process's log as a whole.
public final class LogOutput {

  /// The appender's name in `logback.xml`.
  private static final String APPENDER = "STDERR";

  private LogOutput() {}

  /// Calls back once all lines that were logged before are written; at once where another
  /// configuration than the product's own is in use. It is looked up each time, as Spring puts a
  /// new appender in the place of the first.
  public static void whenWritten(Runnable then) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logging
        && logging.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER)
            instanceof BatchAppender appender) {
      appender.whenWritten(then);
    } else {
      then.run();
    }
  }

  /// Writes what still waits and stops; later lines are lost.
  public static void stop() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logging) {
      logging.stop();
    }
  }
}

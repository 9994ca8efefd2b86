package io.gatepost.allinone.log;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.logback.StructuredLogEncoder;

/// Makes log lines: by a pattern, or as JSON where `logging.structured.format.console` names a
/// format (`ecs`, `gelf`, `logstash`). Before Spring has read the settings it is the pattern.
public final class LineEncoder extends EncoderBase<ILoggingEvent> {

  private String pattern = "%msg%n";
  private String format = "";
  private @Nullable Encoder<ILoggingEvent> lines;

  /// The layout of a line of text, as Logback writes it.
  public void setPattern(String pattern) {
    this.pattern = pattern;
  }

  /// The structured format; blank for text.
  public void setFormat(String format) {
    this.format = format;
  }

  @Override
  public void start() {
    lines = format.isBlank() ? text() : structured();
    super.start();
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return lines == null ? new byte[0] : lines.encode(event);
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }

  private Encoder<ILoggingEvent> text() {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(getContext());
    encoder.setPattern(pattern);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.start();
    return encoder;
  }

  private Encoder<ILoggingEvent> structured() {
    StructuredLogEncoder encoder = new StructuredLogEncoder();
    encoder.setContext(getContext());
    encoder.setFormat(format);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.start();
    return encoder;
  }
}

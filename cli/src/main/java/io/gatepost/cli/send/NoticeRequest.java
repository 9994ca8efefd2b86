package io.gatepost.cli.send;

import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.DsnParameters.Return;
import io.gatepost.contract.envelope.Xtext;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The delivery status notifications that the sender asks for (RFC 3461). They are said to servers
/// that offer DSN.
///
/// @param notifyOn when to send a notice; empty leaves it to the server
/// @param returns how much of the message a notice carries
/// @param envelopeId printable text that notices repeat
public record NoticeRequest(
    Set<Notify> notifyOn, Optional<Return> returns, Optional<String> envelopeId) {

  /// RFC 3461 §4.4, in xtext.
  private static final int MAX_ENVELOPE_ID = 100;

  /// Asks for nothing.
  public static final NoticeRequest NONE =
      new NoticeRequest(Set.of(), Optional.empty(), Optional.empty());

  /// Reads what `sendmail` is told: `never`, or a comma list of `success`, `failure` and `delay`;
  /// `full` or `hdrs`; an envelope ID. An empty text asks for nothing. Another one is an
  /// [IllegalArgumentException] that says what is expected.
  public static NoticeRequest of(String notifyOn, String returns, String envelopeId) {
    Set<Notify> when = EnumSet.noneOf(Notify.class);
    if (!notifyOn.isEmpty()) {
      for (String word : notifyOn.split(",", -1)) {
        when.add(oneOf(Notify.class, word.strip(), "-N"));
      }
      if (when.contains(Notify.NEVER) && when.size() > 1) {
        throw new IllegalArgumentException(
            "-N \"" + notifyOn + "\" (expected: never alone, or any of the others)");
      }
    }
    String encoded = Xtext.encode(envelopeId);
    if (encoded.length() > MAX_ENVELOPE_ID) {
      throw new IllegalArgumentException(
          "-V: " + encoded.length() + " characters (expected: at most " + MAX_ENVELOPE_ID + ")");
    }
    return new NoticeRequest(
        when,
        returns.isEmpty() ? Optional.empty() : Optional.of(oneOf(Return.class, returns, "-R")),
        envelopeId.isEmpty() ? Optional.empty() : Optional.of(encoded));
  }

  /// Returns the parameters of MAIL, each after a blank.
  String ofMail() {
    return returns.map(part -> " RET=" + part).orElse("")
        + envelopeId.map(id -> " ENVID=" + id).orElse("");
  }

  /// Returns the parameter of RCPT, after a blank.
  String ofRcpt() {
    return notifyOn.isEmpty()
        ? ""
        : notifyOn.stream().map(Notify::name).collect(Collectors.joining(",", " NOTIFY=", ""));
  }

  private static <E extends Enum<E>> E oneOf(Class<E> type, String word, String option) {
    return Arrays.stream(type.getEnumConstants())
        .filter(one -> one.name().equalsIgnoreCase(word))
        .findFirst()
        .orElseThrow(() -> {
          String words =
              Arrays.stream(type.getEnumConstants())
                  .map(one -> one.name().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", "));
          return new IllegalArgumentException(
              option + " \"" + word + "\" (expected: one of " + words + ")");
        });
  }
}

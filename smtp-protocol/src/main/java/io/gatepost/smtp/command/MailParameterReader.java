package io.gatepost.smtp.command;

import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Return;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Xtext;
import io.gatepost.contract.reply.Replies;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// The parameters of `MAIL`: SIZE (RFC 1870), BODY (RFC 6152, RFC 3030), SMTPUTF8 (RFC 6531), RET
/// and ENVID (RFC 3461), AUTH (RFC 4954 §5). Each at most once.
final class MailParameterReader {

  /// RFC 3461 §4.4.
  private static final int MAX_ENVID = 100;

  /// RFC 1870 §3, leading zeros included.
  private static final int MAX_SIZE_DIGITS = 20;

  private OptionalLong size = OptionalLong.empty();
  private Optional<BodyType> body = Optional.empty();
  private Optional<Return> returns = Optional.empty();
  private Optional<String> envelopeId = Optional.empty();
  private AddressForm addresses = AddressForm.ASCII;
  private Optional<String> auth = Optional.empty();

  private MailParameterReader() {}

  private enum Outcome {
    READ,
    WRONG,
    UNKNOWN
  }

  static Command read(ReversePath sender, List<String> words, AddressForm form) {
    MailParameterReader reader = new MailParameterReader();
    for (String word : words) {
      switch (reader.take(word)) {
        case READ -> {}
        case WRONG -> {
          return new Command.Malformed(Replies.SYNTAX);
        }
        case UNKNOWN -> {
          return new Command.Malformed(Replies.UNKNOWN_PARAMETER);
        }
      }
    }
    if (form == AddressForm.UTF8 && reader.addresses == AddressForm.ASCII) {
      return new Command.Malformed(Replies.NON_ASCII_ADDRESS); // RFC 6531 §3.5
    }
    return new Command.Mail(sender, reader.size, reader.auth, reader.parameters());
  }

  private MailParameters parameters() {
    if (body.isEmpty()
        && addresses == AddressForm.ASCII
        && returns.isEmpty()
        && envelopeId.isEmpty()) {
      return MailParameters.NONE;
    }
    return new MailParameters(
        body.orElse(BodyType.SEVEN_BIT),
        addresses,
        returns.isEmpty() && envelopeId.isEmpty()
            ? DsnParameters.OfMessage.NONE
            : new DsnParameters.OfMessage(returns, envelopeId));
  }

  private Outcome take(String word) {
    int equals = word.indexOf('=');
    String name = (equals < 0 ? word : word.substring(0, equals)).toUpperCase(Locale.ROOT);
    String value = equals < 0 ? "" : word.substring(equals + 1);
    return switch (name) {
      case "SIZE" -> size(value);
      case "BODY" -> body(value);
      case "SMTPUTF8" -> smtpUtf8(equals);
      case "RET" -> returns(value);
      case "ENVID" -> envelopeId(value);
      case "AUTH" -> auth(value);
      default -> Outcome.UNKNOWN;
    };
  }

  private Outcome size(String digits) {
    if (size.isPresent() || digits.length() > MAX_SIZE_DIGITS) {
      return Outcome.WRONG;
    }
    size = Words.number(digits);
    return size.isPresent() ? Outcome.READ : Outcome.WRONG;
  }

  private Outcome body(String value) {
    if (body.isPresent()) {
      return Outcome.WRONG;
    }
    switch (value.toUpperCase(Locale.ROOT)) {
      case "7BIT" -> body = Optional.of(BodyType.SEVEN_BIT);
      case "8BITMIME" -> body = Optional.of(BodyType.EIGHT_BIT_MIME);
      case "BINARYMIME" -> body = Optional.of(BodyType.BINARY_MIME);
      default -> {
        return Outcome.WRONG;
      }
    }
    return Outcome.READ;
  }

  private Outcome smtpUtf8(int equals) {
    if (equals >= 0 || addresses == AddressForm.UTF8) {
      return Outcome.WRONG; // RFC 6531 §3.4: it takes no value
    }
    addresses = AddressForm.UTF8;
    return Outcome.READ;
  }

  private Outcome returns(String value) {
    if (returns.isPresent()) {
      return Outcome.WRONG;
    }
    switch (value.toUpperCase(Locale.ROOT)) {
      case "FULL" -> returns = Optional.of(Return.FULL);
      case "HDRS" -> returns = Optional.of(Return.HDRS);
      default -> {
        return Outcome.WRONG;
      }
    }
    return Outcome.READ;
  }

  private Outcome envelopeId(String value) {
    if (envelopeId.isPresent() || value.length() > MAX_ENVID || !Xtext.isValid(value, 0)) {
      return Outcome.WRONG;
    }
    envelopeId = Optional.of(value);
    return Outcome.READ;
  }

  /// Who first submitted the message. It is no more than a claim, and nobody here acts on it: it
  /// has to be read and may be dropped.
  private Outcome auth(String value) {
    if (auth.isPresent() || !(value.equals("<>") || Xtext.isValid(value, 0))) {
      return Outcome.WRONG;
    }
    auth = Optional.of(value);
    return Outcome.READ;
  }
}

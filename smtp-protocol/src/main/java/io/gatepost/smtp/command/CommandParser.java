package io.gatepost.smtp.command;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import java.util.Locale;
import java.util.OptionalLong;

/// Reads one command line. What it cannot read becomes [Command.Malformed] with the reply that RFC
/// 5321 §4.2.4 and §4.3.2 give it; it never throws.
public final class CommandParser {

  /// Longest domain that a client may call itself (RFC 5321 §4.5.3.1.2).
  private static final int MAX_HELO_OCTETS = 255;

  /// 19 digits fit a long.
  private static final int MAX_SIZE_DIGITS = 18;

  private final ForwardPath postmaster;

  /// @param postmaster who is meant by `RCPT TO:<postmaster>` without a domain (RFC 5321 §4.5.1)
  public CommandParser(ForwardPath postmaster) {
    this.postmaster = postmaster;
  }

  /// @param line the line without its CRLF, one character for each octet
  public Command parse(String line) {
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\r' || c == '\n') {
        return new Command.Malformed(Replies.BARE_LINE_END);
      }
      if (c < ' ' && c != '\t' || c >= 0x7f) {
        return new Command.Malformed(Replies.SYNTAX);
      }
    }
    int space = line.indexOf(' ');
    String verb = (space < 0 ? line : line.substring(0, space)).toUpperCase(Locale.ROOT);
    String rest = space < 0 ? "" : line.substring(space + 1).strip();
    return switch (verb) {
      case "MAIL" -> mail(rest);
      case "RCPT" -> rcpt(rest);
      case "DATA" -> alone(rest, new Command.Data());
      case "EHLO" ->
          isHeloName(rest) ? new Command.Ehlo(rest) : new Command.Malformed(Replies.SYNTAX);
      case "HELO" ->
          isHeloName(rest) ? new Command.Helo(rest) : new Command.Malformed(Replies.SYNTAX);
      case "RSET" -> alone(rest, new Command.Rset());
      case "QUIT" -> alone(rest, new Command.Quit());
      case "NOOP" -> new Command.Noop(); // RFC 5321 §4.1.1.9: a parameter is ignored
      case "HELP" -> new Command.Help();
      case "VRFY" -> rest.isEmpty() ? new Command.Malformed(Replies.SYNTAX) : new Command.Vrfy();
      case "EXPN", "TURN", "SEND", "SAML", "SOML" -> new Command.Malformed(Replies.NOT_IMPLEMENTED);
      default -> new Command.Malformed(Replies.UNRECOGNISED);
    };
  }

  private static Command alone(String rest, Command command) {
    return rest.isEmpty() ? command : new Command.Malformed(Replies.SYNTAX);
  }

  private static boolean isHeloName(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_HELO_OCTETS
        && name.indexOf(' ') < 0
        && name.indexOf('\t') < 0;
  }

  private static Command mail(String rest) {
    if (!rest.regionMatches(true, 0, "FROM:", 0, 5)) {
      return new Command.Malformed(Replies.SYNTAX);
    }
    String text = rest.substring(5).stripLeading(); // the space after the colon is wrong but common
    int end = endOfPath(text);
    if (end < 0) {
      return new Command.Malformed(Replies.BAD_SENDER);
    }
    try {
      ReversePath sender = ReversePath.of(withoutSourceRoute(text.substring(1, end)));
      return mail(sender, text.substring(end + 1).strip());
    } catch (IllegalArgumentException e) {
      return new Command.Malformed(Replies.BAD_SENDER);
    }
  }

  private static Command mail(ReversePath sender, String parameters) {
    OptionalLong size = OptionalLong.empty();
    BodyType body = BodyType.SEVEN_BIT;
    if (!parameters.isEmpty()) {
      for (String parameter : parameters.split("[ \t]+", -1)) {
        String upper = parameter.toUpperCase(Locale.ROOT);
        if (upper.startsWith("SIZE=")) {
          String digits = upper.substring(5);
          if (!isNumber(digits)) {
            return new Command.Malformed(Replies.SYNTAX);
          }
          size = OptionalLong.of(Long.parseLong(digits));
        } else if (upper.equals("BODY=8BITMIME")) {
          body = BodyType.EIGHT_BIT_MIME;
        } else if (!upper.equals("BODY=7BIT")) {
          return new Command.Malformed(
              upper.startsWith("BODY=") ? Replies.SYNTAX : Replies.UNKNOWN_PARAMETER);
        }
      }
    }
    return new Command.Mail(
        sender,
        size,
        new MailParameters(body, MailParameters.AddressForm.ASCII, DsnParameters.OfMessage.NONE));
  }

  private Command rcpt(String rest) {
    if (!rest.regionMatches(true, 0, "TO:", 0, 3)) {
      return new Command.Malformed(Replies.SYNTAX);
    }
    String text = rest.substring(3).stripLeading();
    int end = endOfPath(text);
    if (end < 0) {
      return new Command.Malformed(Replies.BAD_RECIPIENT);
    }
    if (!text.substring(end + 1).isBlank()) {
      return malformedOrUnknown(text.substring(end + 1));
    }
    String path = withoutSourceRoute(text.substring(1, end));
    if (path.equalsIgnoreCase("postmaster")) {
      return new Command.Rcpt(postmaster);
    }
    try {
      return new Command.Rcpt(ForwardPath.of(path));
    } catch (IllegalArgumentException e) {
      return new Command.Malformed(Replies.BAD_RECIPIENT);
    }
  }

  private static Command malformedOrUnknown(String parameters) {
    Reply reply =
        Character.isWhitespace(parameters.charAt(0))
            ? Replies.UNKNOWN_PARAMETER
            : Replies.BAD_RECIPIENT;
    return new Command.Malformed(reply);
  }

  /// The index of the `>` that ends a path which starts with `<`, outside of quotes; -1 where there
  /// is none.
  private static int endOfPath(String text) {
    if (text.isEmpty() || text.charAt(0) != '<') {
      return -1;
    }
    boolean quoted = false;
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == '>' && !quoted) {
        return i;
      }
    }
    return -1;
  }

  /// Source routes must be accepted and should be ignored (RFC 5321 §4.1.1.3, appendix C).
  private static String withoutSourceRoute(String path) {
    if (path.startsWith("@")) {
      int colon = path.indexOf(':');
      if (colon > 0) {
        return path.substring(colon + 1);
      }
    }
    return path;
  }

  private static boolean isNumber(String digits) {
    return !digits.isEmpty()
        && digits.length() <= MAX_SIZE_DIGITS
        && digits.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}

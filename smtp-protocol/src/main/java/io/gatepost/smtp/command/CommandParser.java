package io.gatepost.smtp.command;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Xtext;
import io.gatepost.contract.reply.Replies;
import io.gatepost.smtp.command.Command.Chunk;
import io.gatepost.smtp.command.Command.Fatal;
import io.gatepost.smtp.command.Command.Malformed;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads one command line. What it cannot read becomes [Command.Malformed] with the reply that RFC
/// 5321 §4.2.4 and §4.3.2 give it; it never throws.
public final class CommandParser {

  /// Longest domain that a client may call itself (RFC 5321 §4.5.3.1.2).
  private static final int MAX_HELO_OCTETS = 255;

  private final ForwardPath postmaster;

  /// @param postmaster who is meant by `RCPT TO:<postmaster>` without a domain (RFC 5321 §4.5.1)
  public CommandParser(ForwardPath postmaster) {
    this.postmaster = postmaster;
  }

  /// How addresses may be written.
  public enum Paths {
    /// In angle brackets, as RFC 5321 §4.1.2 has it.
    BRACKETED,
    /// Without them too, as many a program of one's own writes them.
    BARE
  }

  /// Reads a line.
  ///
  /// @param line the line without its CRLF, one character for each octet
  /// @param paths how this client may write addresses
  public Command parse(String line, Paths paths) {
    if (OtherProtocol.isRequest(line)) {
      return new Fatal(Replies.OTHER_PROTOCOL);
    }
    Command command = read(line, paths);
    return command instanceof Malformed(var reply) && isChunk(line) ? new Fatal(reply) : command;
  }

  /// Returns the command for a line that is too long to be read.
  ///
  /// @param beginning its first octets, with the whole verb
  public Command tooLong(String beginning) {
    if (OtherProtocol.isRequest(beginning)) {
      return new Fatal(Replies.OTHER_PROTOCOL);
    }
    return isChunk(beginning) ? new Fatal(Replies.BAD_CHUNK) : new Malformed(Replies.LINE_TOO_LONG);
  }

  /// Whether a chunk follows the line, read or not.
  private static boolean isChunk(String line) {
    return line.regionMatches(true, 0, "BDAT", 0, 4);
  }

  private Command read(String line, Paths paths) {
    boolean ascii = true;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\r' || c == '\n') {
        return new Malformed(Replies.BARE_LINE_END);
      }
      if (c < ' ' && c != '\t' || c == 0x7f) {
        return new Malformed(Replies.SYNTAX);
      }
      ascii &= c < 0x7f;
    }
    int space = line.indexOf(' ');
    String verb = (space < 0 ? line : line.substring(0, space)).toUpperCase(Locale.ROOT);
    String rest = space < 0 ? "" : line.substring(space + 1).strip();
    return ascii ? command(verb, rest, AddressForm.ASCII, paths) : beyondAscii(verb, rest, paths);
  }

  private Command command(String verb, String rest, AddressForm form, Paths paths) {
    return switch (verb) {
      case "MAIL" -> mail(rest, form, paths);
      case "RCPT" -> rcpt(rest, form, paths);
      case "DATA" -> alone(rest, new Command.Data());
      case "BDAT" -> bdat(rest);
      case "EHLO" -> isHeloName(rest) ? new Command.Ehlo(rest) : new Malformed(Replies.SYNTAX);
      case "HELO" -> isHeloName(rest) ? new Command.Helo(rest) : new Malformed(Replies.SYNTAX);
      case "RSET" -> alone(rest, new Command.Rset());
      case "QUIT" -> alone(rest, new Command.Quit());
      case "STARTTLS" -> alone(rest, new Command.StartTls());
      case "AUTH" -> auth(rest);
      case "NOOP" -> new Command.Noop(); // RFC 5321 §4.1.1.9: a parameter is ignored
      case "HELP" -> new Command.Help();
      case "VRFY" -> rest.isEmpty() ? new Malformed(Replies.SYNTAX) : new Command.Vrfy();
      case "XCLIENT" -> xclient(rest);
      case "EXPN", "TURN", "SEND", "SAML", "SOML" -> new Malformed(Replies.NOT_IMPLEMENTED);
      default -> new Malformed(Replies.UNRECOGNISED);
    };
  }

  /// Only addresses may hold more than ASCII, in UTF-8 (RFC 6531 §3.3).
  private Command beyondAscii(String verb, String rest, Paths paths) {
    if (!verb.equals("MAIL") && !verb.equals("RCPT") && !verb.equals("VRFY")) {
      return new Malformed(Replies.SYNTAX);
    }
    try {
      byte[] octets = rest.getBytes(StandardCharsets.ISO_8859_1);
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
      return command(verb, text, AddressForm.UTF8, paths);
    } catch (CharacterCodingException e) {
      return new Malformed(Replies.SYNTAX); // no UTF-8 (RFC 3629 §4)
    }
  }

  private static Command alone(String rest, Command command) {
    return rest.isEmpty() ? command : new Malformed(Replies.SYNTAX);
  }

  private static boolean isHeloName(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_HELO_OCTETS
        && name.indexOf(' ') < 0
        && name.indexOf('\t') < 0;
  }

  private static Command mail(String rest, AddressForm form, Paths paths) {
    if (!rest.regionMatches(true, 0, "FROM:", 0, 5)) {
      return new Malformed(Replies.SYNTAX);
    }
    return WrittenPath.read(rest, 5, paths)
        .map(path -> mail(path, form))
        .orElseGet(() -> new Malformed(Replies.BAD_SENDER));
  }

  private static Command mail(WrittenPath path, AddressForm form) {
    try {
      ReversePath sender = ReversePath.of(path.address());
      if (sender instanceof ReversePath.Sender(_, var domain) && !domain.isReachable()) {
        return new Malformed(Replies.BAD_SENDER);
      }
      return MailParameterReader.read(sender, path.parameters(), form);
    } catch (IllegalArgumentException e) {
      return new Malformed(Replies.BAD_SENDER);
    }
  }

  private Command rcpt(String rest, AddressForm form, Paths paths) {
    if (!rest.regionMatches(true, 0, "TO:", 0, 3)) {
      return new Malformed(Replies.SYNTAX);
    }
    return WrittenPath.read(rest, 3, paths)
        .map(path -> rcpt(path, form))
        .orElseGet(() -> new Malformed(Replies.BAD_RECIPIENT));
  }

  private Command rcpt(WrittenPath path, AddressForm form) {
    try {
      ForwardPath recipient =
          path.address().equalsIgnoreCase("postmaster")
              ? postmaster
              : ForwardPath.of(path.address());
      return recipient.domain().isReachable()
          ? RcptParameterReader.read(recipient, path.parameters(), form)
          : new Malformed(Replies.BAD_RECIPIENT);
    } catch (IllegalArgumentException e) {
      return new Malformed(Replies.BAD_RECIPIENT);
    }
  }

  private static Command bdat(String rest) {
    List<String> words = Words.of(rest, 0);
    boolean last = words.size() == 2 && words.get(1).equalsIgnoreCase("LAST");
    OptionalLong octets =
        words.size() == 1 || last ? Words.number(words.getFirst()) : OptionalLong.empty();
    return octets.isEmpty()
        ? new Malformed(Replies.BAD_CHUNK)
        : new Command.Bdat(octets.getAsLong(), last ? Chunk.LAST : Chunk.MORE);
  }

  private static Command auth(String rest) {
    List<String> words = Words.of(rest, 0);
    if (words.isEmpty() || words.size() > 2) {
      return new Malformed(Replies.SYNTAX);
    }
    return new Command.Auth(
        words.getFirst().toUpperCase(Locale.ROOT),
        words.size() == 2 ? Optional.of(words.get(1)) : Optional.empty());
  }

  private static Command xclient(String rest) {
    Map<String, String> attributes = new HashMap<>();
    for (String word : Words.of(rest, 0)) {
      int equals = word.indexOf('=');
      Optional<String> value = equals <= 0 ? Optional.empty() : Xtext.decode(word, equals + 1);
      if (value.isEmpty()) {
        return new Malformed(Replies.SYNTAX);
      }
      attributes.put(word.substring(0, equals).toUpperCase(Locale.ROOT), value.get());
    }
    return attributes.isEmpty()
        ? new Malformed(Replies.SYNTAX)
        : new Command.Xclient(Map.copyOf(attributes));
  }
}

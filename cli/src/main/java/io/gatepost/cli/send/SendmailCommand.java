package io.gatepost.cli.send;

import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sendmail`: what programs call to send mail, with the options that they use. It is a client of
/// the SMTP listener and no other way into the queue (requirement S1), so mail from programs passes
/// the same gate as all other.
@Command(
    name = "sendmail",
    description = "Sends a message from standard input, for programs that call sendmail.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:accepted for all recipients",
      "64:the command line is wrong",
      "65:the message names no recipient, or an address is none",
      "67:refused for a recipient",
      "75:refused for now, or the server cannot be reached"
    })
public final class SendmailCommand implements Callable<Integer> {

  @Option(names = "-t", description = "Recipients are those in To, Cc and Bcc as well.")
  private boolean fromHeader;

  @Option(names = "-i", description = "A line of one dot does not end the message.")
  private boolean dotsAreText;

  @Option(
      names = {"-f", "-r"},
      paramLabel = "ADDR",
      description = "The sender, <> for none.")
  private @Nullable String sender;

  @Option(names = "-F", paramLabel = "NAME", description = "The author's full name.")
  private String fullName = "";

  @Option(
      names = "-b",
      paramLabel = "MODE",
      description = {
        "-bm: read a message, the default;",
        "-bs: pass an SMTP dialogue on standard input and output to the server."
      })
  private String mode = "m";

  @Option(
      names = "-o",
      paramLabel = "OPTION",
      description = "-oi is -i; others (such as -oem, -odb) are taken and change nothing.")
  private List<String> options = new ArrayList<>();

  @Option(
      names = "-B",
      paramLabel = "TYPE",
      description = "Taken; the message itself is looked at.")
  private String bodyType = "";

  @Option(
      names = {"-v", "-m", "-n", "-U", "-G"},
      description = "Taken, and change nothing.")
  private boolean[] ignored = {};

  @Option(
      names = "-N",
      paramLabel = "WHEN",
      description = "Notices: never, or a list of success, failure and delay.")
  private String notifyOn = "";

  @Option(
      names = "-R",
      paramLabel = "PART",
      description = "How much of the message a notice carries: full or hdrs.")
  private String returns = "";

  @Option(names = "-V", paramLabel = "ID", description = "The envelope ID that notices repeat.")
  private String envelopeId = "";

  @Option(
      names = {"-A", "-C", "-h", "-L", "-O", "-p", "-X"},
      paramLabel = "VALUE",
      description = "Taken, and change nothing.")
  private List<String> ignoredValues = new ArrayList<>();

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      defaultValue = "${env:GATEPOST_SERVER:-127.0.0.1:2525}",
      description =
          "The SMTP server; default that of the environment's GATEPOST_SERVER, else "
              + "127.0.0.1:2525.")
  private String server = "";

  // Not -h as well: that has always been a hop count.
  @Option(names = "--help", usageHelp = true, description = "Shows this help and ends.")
  private boolean help;

  @Parameters(paramLabel = "RECIPIENT", arity = "0..*", description = "The recipients.")
  private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() {
    return switch (mode) {
      case "m" -> message();
      case "s" -> dialogue();
      default ->
          throw new CommandFailure(
              ExitCode.USAGE, "sendmail -b" + mode + " (expected: -bm or -bs)");
    };
  }

  private int dialogue() {
    try {
      ServerPipe.run(ServerAddress.of(server), System.in, System.out);
      return ExitCode.OK.number();
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private int message() {
    String host = ThisHost.name();
    LocalMessage message = LocalMessage.of(content());
    String from = sender(host);
    String author =
        fullName.isBlank() ? from : MailHeader.displayName(fullName) + " <" + from + ">";
    OutgoingMail submission =
        new OutgoingMail(
            host,
            from,
            recipients(message, host),
            notices(),
            message.complete(
                author.isEmpty() ? "MAILER-DAEMON@" + host : author, host, ZonedDateTime.now()));
    try {
      return exitCode(submission.to(ServerAddress.of(server), line -> {})).number();
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private CommandFailure unreachable(IOException e) {
    return new CommandFailure(
        ExitCode.TEMPORARY_FAILURE, "server " + server + ": " + e.getMessage());
  }

  private NoticeRequest notices() {
    try {
      return NoticeRequest.of(notifyOn, returns, envelopeId);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }

  /// Says on standard error what was refused, as callers show it to their users.
  private static ExitCode exitCode(SendResult result) {
    result
        .replies()
        .forEach((recipient, reply) -> {
          if (!reply.startsWith("2")) {
            System.err.println("sendmail: " + recipient + ": " + reply.replace('\n', ' '));
          }
        });
    ExitCode code = result.exitCode();
    return code == ExitCode.UNAVAILABLE ? ExitCode.NO_USER : code;
  }

  private byte[] content() {
    try {
      byte[] all = System.in.readAllBytes();
      return dotsAreText || options.contains("i") ? all : upToDot(all);
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.NO_INPUT, "standard input cannot be read: " + e);
    }
  }

  /// Without `-i` the message ends at a line of one dot.
  private static byte[] upToDot(byte[] all) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(all.length);
    int start = 0;
    while (start < all.length) {
      int end = start;
      while (end < all.length && all[end] != '\n') {
        end++;
      }
      int length = end > start && all[end - 1] == '\r' ? end - 1 - start : end - start;
      if (length == 1 && all[start] == '.') {
        break;
      }
      text.write(all, start, Math.min(end + 1, all.length) - start);
      start = end + 1;
    }
    return text.toByteArray();
  }

  private List<String> recipients(LocalMessage message, String host) {
    List<String> given =
        new ArrayList<>(
            arguments.stream().flatMap(argument -> AddressList.of(argument).stream()).toList());
    if (fromHeader) {
      given.addAll(message.recipients());
    }
    Set<String> recipients = new LinkedHashSet<>();
    for (String recipient : given) {
      try {
        recipients.add(ForwardPath.of(qualified(recipient, host)).toString());
      } catch (IllegalArgumentException e) {
        throw new CommandFailure(ExitCode.DATA_ERROR, "recipient " + e.getMessage());
      }
    }
    if (recipients.isEmpty()) {
      throw new CommandFailure(ExitCode.DATA_ERROR, "no recipients");
    }
    return List.copyOf(recipients);
  }

  private String sender(String host) {
    String given = Objects.requireNonNullElseGet(sender, ThisHost::userName);
    String text =
        given.startsWith("<") && given.endsWith(">")
            ? given.substring(1, given.length() - 1)
            : given;
    try {
      return ReversePath.of(text.isEmpty() ? "" : qualified(text, host)).text();
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, "-f " + e.getMessage());
    }
  }

  /// A name without a domain is one of this host's.
  private static String qualified(String address, String host) {
    return address.indexOf('@') < 0 ? address + "@" + host : address;
  }
}

package io.gatepost.cli.send;

import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `send`: hands a message to an SMTP server and shows what it says.
@Command(
    name = "send",
    mixinStandardHelpOptions = true,
    description = "Sends a message by SMTP and prints the server's replies.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:accepted for all recipients",
      "64:the command line is wrong",
      "66:the file cannot be read",
      "69:refused for a recipient, or the server cannot be reached",
      "75:refused for now (4xx): another try may help"
    })
public final class SendCommand implements Callable<Integer> {

  @Option(
      names = "--to",
      paramLabel = "ADDR",
      required = true,
      arity = "1",
      split = ",",
      description = "A recipient; may be given several times.")
  private List<String> to = new ArrayList<>();

  @Option(
      names = "--from",
      paramLabel = "ADDR",
      description = "The sender, \"\" for none; default the user's name at this host's.")
  private @Nullable String from;

  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:2525",
      description = "The SMTP server; default ${DEFAULT-VALUE}.")
  private String server = "";

  @Option(names = "--json", description = "Prints one JSON object instead of the replies.")
  private boolean json;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      defaultValue = "-",
      description = "The message, or its text; - is standard input, the default.")
  private String file = "-";

  @Override
  public Integer call() {
    String host = ThisHost.name();
    OutgoingMail submission = OutgoingMail.of(host, sender(host), recipients(), content());
    try {
      SendResult result =
          submission.to(ServerAddress.of(server), json ? line -> {} : System.out::println);
      if (json) {
        System.out.println(result.json(server));
      }
      return result.exitCode().number();
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.UNAVAILABLE, "server " + server + ": " + e.getMessage());
    }
  }

  private byte[] content() {
    try {
      return file.equals("-") ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.NO_INPUT, "file " + file + " cannot be read: " + e);
    }
  }

  private String sender(String host) {
    String sender = Objects.requireNonNullElseGet(from, () -> ThisHost.userName() + "@" + host);
    try {
      return ReversePath.of(sender).text();
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, "--from " + e.getMessage());
    }
  }

  private List<String> recipients() {
    try {
      return to.stream().map(recipient -> ForwardPath.of(recipient).toString()).toList();
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, "--to " + e.getMessage());
    }
  }
}

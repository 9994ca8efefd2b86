package io.gatepost.allinone.routes;

import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.wire.ContractJson;
import io.gatepost.routing.OfflineRouting;
import io.gatepost.routing.check.RoutesDiff;
import io.gatepost.routing.check.RoutesDiff.Change;
import io.gatepost.routing.check.RoutesDiff.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `routes diff`: which addresses other settings route in another way. Reads and prints an address
/// at a time.
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description =
        "Shows which addresses change destination or reply between two settings. Asks neither the"
            + " DNS nor a database nor a directory: what they would be asked is compared.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing changes",
      "1:some addresses change",
      "64:the command line is wrong",
      "65:a line is no address",
      "66:the addresses cannot be read",
      "78:a setting or a table is refused; one line on standard error names it"
    })
final class RoutesDiffCommand implements Callable<Integer> {

  private static final String STANDARD_INPUT = "-";

  @Parameters(index = "0", paramLabel = "OLD.yaml", description = "The settings that there are.")
  private Path before = Path.of("");

  @Parameters(index = "1", paramLabel = "NEW.yaml", description = "The settings that are to be.")
  private Path after = Path.of("");

  @Parameters(
      index = "2",
      paramLabel = "ADDRESSES",
      description = "A file of addresses, one a line; - for standard input.")
  private String addresses = "";

  @Option(
      names = "--from",
      paramLabel = "ADDRESS",
      defaultValue = "",
      description = "The sender, as routing may depend on it; default the null reverse-path.")
  private String sender = "";

  @Option(names = "--json", description = "Prints a JSON object a line, one for each change.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    ReversePath from = sender();
    try (OfflineRouting old = SettingsRouting.read(Optional.of(before), Optional.empty());
        OfflineRouting fresh = SettingsRouting.read(Optional.of(after), Optional.empty());
        BufferedReader reader = reader()) {
      RoutesDiff diff = SettingsRouting.orFailure(() -> old.diff(fresh, from));
      long changed = compare(diff, new AddressLines(addresses, reader));
      return (changed == 0 ? ExitCode.OK : ExitCode.FINDINGS).number();
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.NO_INPUT,
          "\"" + addresses + "\" (expected: a file in UTF-8 that can be read, or -)");
    }
  }

  private long compare(RoutesDiff diff, AddressLines lines) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    long all = 0;
    long changed = 0;
    for (Optional<ForwardPath> address = lines.next();
        address.isPresent();
        address = lines.next()) {
      all++;
      Optional<Change> change = diff.compare(address.get());
      if (change.isPresent()) {
        changed++;
        show(out, change.get());
      }
    }
    if (!json) {
      out.printf("%d of %d addresses change%n", changed, all);
    }
    out.flush();
    return changed;
  }

  private void show(PrintWriter out, Change change) {
    if (json) {
      out.println(ContractJson.MAPPER.writeValueAsString(change));
      return;
    }
    out.println(change.address());
    Outcome old = change.before();
    Outcome fresh = change.after();
    if (!old.own().equals(fresh.own())) {
      show(out, "", old.own(), fresh.own());
    }
    boolean alike = old.own().equals(old.stranger()) && fresh.own().equals(fresh.stranger());
    if (!alike && !old.stranger().equals(fresh.stranger())) {
      show(out, "strangers: ", old.stranger(), fresh.stranger());
    }
  }

  private static void show(PrintWriter out, String whose, List<String> old, List<String> fresh) {
    old.forEach(line -> out.printf("  - %s%s%n", whose, line));
    fresh.forEach(line -> out.printf("  + %s%s%n", whose, line));
  }

  private ReversePath sender() {
    try {
      return ReversePath.of(sender);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, "--from: " + e.getMessage());
    }
  }

  private BufferedReader reader() throws IOException {
    return addresses.equals(STANDARD_INPUT)
        ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8.newDecoder()))
        : Files.newBufferedReader(Path.of(addresses));
  }
}

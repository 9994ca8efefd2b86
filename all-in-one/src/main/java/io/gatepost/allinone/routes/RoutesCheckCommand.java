package io.gatepost.allinone.routes;

import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.wire.ContractJson;
import io.gatepost.routing.OfflineRouting;
import io.gatepost.routing.check.Finding;
import io.gatepost.routing.check.Finding.Severity;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `routes check`: mistakes in the settings and tables of routing (requirements D2, D16). Prints
/// each finding when it is found.
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description =
        "Looks for mistakes in the routing of settings: loops, dead and shadowed entries, domains"
            + " that nobody serves, lists that over-estimate, users' scripts that are skipped. Asks"
            + " neither the DNS nor a database nor a directory.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:no errors; there may be warnings",
      "1:errors were found",
      "64:the command line is wrong",
      "78:a setting is refused; one line on standard error names it"
    })
final class RoutesCheckCommand implements Callable<Integer> {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings in YAML; default gatepost.yaml in the data directory, if there.")
  private @Nullable Path config;

  @Option(names = "--data", paramLabel = "DIR", description = "The data directory; default ./data.")
  private @Nullable Path data;

  @Option(names = "--json", description = "Prints a JSON object a line, one for each finding.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Map<Severity, Integer> counts = new EnumMap<>(Severity.class);
    OptionalInt scripts;
    try (OfflineRouting routing =
        SettingsRouting.read(Optional.ofNullable(config), Optional.ofNullable(data))) {
      scripts =
          routing.check(finding -> {
            counts.merge(finding.severity(), 1, Integer::sum);
            show(out, finding);
          });
    }
    int errors = counts.getOrDefault(Severity.ERROR, 0);
    if (!json) {
      out.printf("%d errors, %d warnings", errors, counts.getOrDefault(Severity.WARNING, 0));
      scripts.ifPresent(number -> out.printf("; %d scripts were looked at", number));
      out.println();
    }
    out.flush();
    return (errors == 0 ? ExitCode.OK : ExitCode.FINDINGS).number();
  }

  private void show(PrintWriter out, Finding finding) {
    if (json) {
      out.println(ContractJson.MAPPER.writeValueAsString(finding));
    } else {
      out.printf("%s  %s  %s%n", finding.severity(), finding.kind(), finding.where());
      out.printf("    %s%n    -> %s%n", finding.what(), finding.advice());
    }
  }
}

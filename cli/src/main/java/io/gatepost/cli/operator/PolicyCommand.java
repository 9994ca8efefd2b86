package io.gatepost.cli.operator;

import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.client.Clients;
import io.gatepost.contract.client.PolicyReport;
import io.gatepost.contract.client.PolicyReport.CheckReport;
import io.gatepost.contract.client.PolicyReport.Counts;
import io.gatepost.contract.client.PolicyReport.Force;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `policy`: the checks that clients of the SMTP port meet.
@Command(
    name = "policy",
    mixinStandardHelpOptions = true,
    description = "Shows the checks that clients of a running Gatepost meet.",
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"64:the command line is wrong", "69:Gatepost does not answer, or refuses"})
public final class PolicyCommand implements Callable<Integer> {

  private static final String ROW = "%-8s %-19s %-6s %10s %10s %8s %8s %8s  %s";

  @Mixin private OperatorOptions operator = new OperatorOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE.number();
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description =
          "The checks in the order in which a session meets them, as they are in force, with what"
              + " they have said since smtp-edge began.")
  int show() {
    return operator
        .ask(Clients.class, OperatorPort::edge, Clients::policy)
        .show(report -> {
          operator.line(
              ROW,
              "stage",
              "check",
              "force",
              "asked",
              "refused",
              "marked",
              "warned",
              "exempt",
              "settings");
          report.checks().forEach(this::show);
          operator.line("");
          operator.line("%s", exemptions(report));
        });
  }

  private void show(CheckReport check) {
    Counts counts = check.counts();
    operator.line(
        ROW,
        check.stage(),
        check.check(),
        word(check.force()),
        counts.asked(),
        counts.refused(),
        counts.marked(),
        counts.warned(),
        counts.exempt(),
        check.settings().stream()
            .map(setting -> setting.key() + "=" + setting.value())
            .collect(Collectors.joining(" ")));
  }

  private static String word(Force force) {
    return switch (force) {
      case ON -> "on";
      case WARNS -> "warns";
      case OFF -> "off";
    };
  }

  private static String exemptions(PolicyReport report) {
    return switch (report.exemptions()) {
      case 0 -> "nobody is exempt from a check";
      case 1 -> "the table of exemptions has 1 entry";
      default -> "the table of exemptions has " + report.exemptions() + " entries";
    };
  }
}

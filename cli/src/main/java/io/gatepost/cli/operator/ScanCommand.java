package io.gatepost.cli.operator;

import io.gatepost.cli.exit.ExitCode;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.ScanTerms.Moment;
import io.gatepost.contract.scanning.ScannerResult;
import io.gatepost.contract.scanning.ScannerResult.Outcome;
import io.gatepost.contract.scanning.Scanning;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `scan`: what the scanners of a running suite say of a message, and what would become of it. It
/// goes nowhere.
@Command(
    name = "scan",
    mixinStandardHelpOptions = true,
    description =
        "Asks the scanners of a running Gatepost about a message, as if a client had sent it, and"
            + " shows what each of them says and what the client would hear.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it would be accepted, and nothing is held against it",
      "1:it would be refused",
      "2:it would be accepted with a mark, or put aside",
      "64:the command line is wrong",
      "65:the message is larger than 8 MiB",
      "66:the file cannot be read",
      "69:Gatepost does not answer, or refuses",
      "75:it would be put off, or scanned later, as a scanner does not answer now"
    })
public final class ScanCommand implements Callable<Integer> {

  private static final String ROW = "%-16s %-12s %8s %8s  %s";

  @Mixin private OperatorOptions operator = new OperatorOptions();

  @Parameters(paramLabel = "FILE", description = "The message; - for standard input.")
  private String file = "";

  @Option(
      names = "--from",
      paramLabel = "ADDRESS",
      defaultValue = "",
      description = "The sender; default the null reverse-path.")
  private String sender = "";

  @Option(
      names = "--to",
      paramLabel = "ADDRESS",
      description = "A recipient; may be repeated; default postmaster.")
  private List<String> recipients = new ArrayList<>();

  @Option(
      names = "--client",
      paramLabel = "IP",
      defaultValue = "127.0.0.1",
      description = "The client's address; default ${DEFAULT-VALUE}.")
  private String client = "";

  @Option(names = "--name", paramLabel = "NAME", description = "The client's name in the DNS.")
  private String name = "";

  @Option(
      names = "--helo",
      paramLabel = "NAME",
      defaultValue = "localhost",
      description = "What the client called itself; default ${DEFAULT-VALUE}.")
  private String helo = "";

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = "Who the client has authenticated as; default nobody.")
  private String user = "";

  @Option(names = "--internal", description = "The client is in a network of ours.")
  private boolean internal;

  @Option(
      names = "--fresh",
      description = "Each scanner is asked, whatever is known from earlier scans.")
  private boolean fresh;

  @Override
  public Integer call() {
    byte[] text = MessageFile.read(file);
    return operator
        .ask(
            Scanning.class,
            OperatorPort::scanner,
            scanning -> {
              AskedMessage asked =
                  new AskedMessage(sender, recipients, client, name, helo, user, internal);
              byte[] own = asked.received();
              EnvelopeRecord message = asked.message(own, text);
              Moment moment = fresh ? Moment.ASKED_AFRESH : Moment.ASKED;
              return scanning.scan(message, new ScanTerms(moment, own.length));
            })
        .show(this::show, ScanCommand::end);
  }

  private void show(ScanReport report) {
    if (report.results().isEmpty()) {
      operator.line("no scanner is asked about such mail");
    } else {
      operator.line(ROW, "scanner", "outcome", "points", "ms", "words");
    }
    for (ScannerResult result : report.results()) {
      String known = result.cached() ? " (known from an earlier scan)" : "";
      operator.line(
          ROW,
          result.scanner(),
          result.outcome().label(),
          result.score().map(score -> String.format(Locale.ROOT, "%.1f", score)).orElse("-"),
          result.took().toMillis(),
          (result.words() + known).strip());
    }
    operator.line("");
    decision(report.decision());
  }

  private void decision(ScanDecision decision) {
    switch (decision) {
      case ScanDecision.Accept(var edits) -> {
        operator.line("accepted: the client would hear 250");
        edits(edits);
      }
      case ScanDecision.AcceptChanged(var edits, var content) -> {
        operator.line("accepted with another body: the client would hear 250");
        operator.line("    %d octets in place of the message's", content.octets());
        edits(edits);
      }
      case ScanDecision.Refuse(_, var reply) ->
          operator.line("refused: the client would hear %s", reply);
      case ScanDecision.TryLater(_, var finding, var reply) -> {
        operator.line("put off: the client would hear %s", reply);
        operator.line("    %s", finding);
      }
      case ScanDecision.Quarantine(var finding, var edits) -> {
        operator.line("put aside: the client would hear 250");
        operator.line("    %s", finding);
        edits(edits);
      }
      case ScanDecision.Owe(var finding) -> {
        operator.line("accepted, to be scanned later: the client would hear 250");
        operator.line("    %s", finding);
      }
    }
  }

  private void edits(HeaderEdits edits) {
    for (HeaderEdit edit : edits.list()) {
      switch (edit) {
        case HeaderEdit.Insert insert ->
            operator.line("    adds %s: %s", insert.name(), insert.value());
        case HeaderEdit.Replace replace ->
            operator.line("    replaces %s: %s", replace.name(), replace.value());
        case HeaderEdit.Remove remove -> operator.line("    removes %s", remove.name());
      }
    }
  }

  private static ExitCode end(ScanReport report) {
    return switch (report.decision()) {
      case ScanDecision.Accept _, ScanDecision.AcceptChanged _ ->
          report.results().stream().allMatch(result -> result.outcome() == Outcome.CLEAN)
              ? ExitCode.OK
              : ExitCode.SUSPECT;
      case ScanDecision.Refuse _ -> ExitCode.FINDINGS;
      case ScanDecision.Quarantine _ -> ExitCode.SUSPECT;
      case ScanDecision.TryLater _, ScanDecision.Owe _ -> ExitCode.TEMPORARY_FAILURE;
    };
  }
}

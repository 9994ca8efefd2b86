package io.gatepost.cli.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.cli.CommandTree;
import io.gatepost.contract.client.PolicyReport;
import io.gatepost.contract.client.PolicyReport.CheckReport;
import io.gatepost.contract.client.PolicyReport.Counts;
import io.gatepost.contract.client.PolicyReport.Force;
import io.gatepost.contract.client.PolicyReport.Setting;
import io.gatepost.contract.wire.ContractJson;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PolicyCommandTest {

  private static final PolicyReport REPORT =
      new PolicyReport(
          List.of(
              new CheckReport(
                  "helo",
                  "helo-syntax",
                  Force.WARNS,
                  List.of(new Setting("helo-syntax", "strict")),
                  new Counts(1_234_567, 0, 0, 17, 3)),
              new CheckReport(
                  "rcpt",
                  "recipient-verified",
                  Force.ON,
                  List.of(new Setting("verify-timeout", "PT20S"), new Setting("another", "1")),
                  new Counts(200, 150, 0, 0, 0))),
          2);

  private final StringWriter said = new StringWriter();
  private final FakeService service =
      FakeService.answering(call -> ContractJson.MAPPER.writeValueAsString(REPORT));

  @AfterEach
  void stopService() {
    service.close();
  }

  private int run(String... arguments) {
    CommandLine line = CommandTree.ofClient();
    line.setOut(new PrintWriter(said, true));
    line.setErr(new PrintWriter(said, true));
    return line.execute(arguments);
  }

  @Test
  void theChecksAreShownInTheirOrderWithForceCountsAndSettings() {
    int status = run("policy", "show", "--url", service.url().toString());

    assertThat(status).as(said.toString()).isZero();
    assertThat(said.toString().lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "stage check force asked refused marked warned exempt settings",
            "helo helo-syntax warns 1234567 0 0 17 3 helo-syntax=strict",
            "rcpt recipient-verified on 200 150 0 0 0 verify-timeout=PT20S another=1",
            "",
            "the table of exemptions has 2 entries");
    assertThat(service.calls().getFirst().path()).isEqualTo("/gatepost.edge.v1.Clients/Policy");
  }

  @Test
  void asJsonItIsTheAnswer() {
    int status = run("policy", "show", "--json", "--url", service.url().toString());

    assertThat(status).as(said.toString()).isZero();
    assertThat(ContractJson.MAPPER.readValue(said.toString(), PolicyReport.class))
        .isEqualTo(REPORT);
  }

  @Test
  void withoutAnythingToShowTheUsageIsAComplaint() {
    assertThat(run("policy")).isEqualTo(64);
    assertThat(said.toString()).startsWith("Usage: gatepost policy ");
    assertThat(service.calls()).isEmpty();
  }
}

package io.gatepost.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.client.PolicyReport;
import io.gatepost.contract.client.PolicyReport.CheckReport;
import io.gatepost.contract.client.PolicyReport.Counts;
import io.gatepost.contract.client.PolicyReport.Force;
import io.gatepost.contract.client.PolicyReport.Setting;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.edge.dialogue.TestServices;
import io.gatepost.edge.policy.CheckName;
import io.gatepost.edge.policy.Exemptions;
import io.gatepost.edge.policy.HeloQuestion;
import io.gatepost.edge.policy.Networks;
import io.gatepost.edge.policy.PolicyRules;
import io.gatepost.edge.policy.StandardPolicy;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClientsControllerTest {

  private final TestServices services = new TestServices();

  private ClientsController controller(StandardPolicy policy) {
    return new ClientsController(services.networks(Networks.parse("key", List.of())), policy);
  }

  @Test
  void thePolicyIsToldAsItIsInForce() {
    services.policyRules =
        new PolicyRules(
            Set.of(CheckName.HELO_SYNTAX),
            () -> Exemptions.parse("table", List.of("192.0.2.0/24 helo-syntax")));
    StandardPolicy policy = services.dialogueServices().policy();
    for (String address : List.of("192.0.2.1", "203.0.113.9")) {
      Provenance client = Provenance.connected(address, "198.51.100.1:25", Origin.EXTERNAL);
      policy.atHelo(new HeloQuestion(client, "no name")).block();
    }

    PolicyReport report = Objects.requireNonNull(controller(policy).policy().block());

    assertThat(report.exemptions()).isEqualTo(1);
    assertThat(report.checks())
        .extracting(CheckReport::check)
        .isEqualTo(policy.order().stream().map(CheckName::label).toList());
    assertThat(report.checks())
        .contains(
            new CheckReport(
                "helo",
                "helo-syntax",
                Force.WARNS,
                List.of(new Setting("helo-syntax", "strict")),
                new Counts(1, 0, 0, 1, 1)))
        .filteredOn(check -> check.check().equals("ban"))
        .singleElement()
        .satisfies(ban -> assertThat(ban.force()).isEqualTo(Force.OFF));
  }

  @Test
  void aClientIsOursByItsNetwork() {
    ClientsController controller = controller(services.dialogueServices().policy());

    assertThat(controller.origin("127.0.0.1").block()).isEqualTo(Origin.INTERNAL);
    assertThat(controller.origin("203.0.113.9").block()).isEqualTo(Origin.EXTERNAL);
    assertThatThrownBy(() -> controller.origin("a name").block()).isInstanceOf(RpcException.class);
  }
}

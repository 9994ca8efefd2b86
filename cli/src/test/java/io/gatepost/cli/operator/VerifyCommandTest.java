package io.gatepost.cli.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.cli.CommandTree;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.VerdictExplanation;
import io.gatepost.contract.verification.VerdictExplanation.Basis;
import io.gatepost.contract.verification.VerificationOperator;
import io.gatepost.contract.wire.ContractJson;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class VerifyCommandTest {

  private static final ForwardPath BOB = ForwardPath.of("bob@dept.example");
  private static final Reply NO = Reply.of(550, "5.1.1", "unknown at (host)");
  private static final RecipientVerdict BAD = new RecipientVerdict.Bad(Reason.NEXT_HOP_REFUSED, NO);
  private static final VerdictExplanation ANSWER =
      new VerdictExplanation(
          BAD,
          List.of(
              new VerdictExplanation.Leg(
                  BOB,
                  "smtp:[192.0.2.25]",
                  BAD,
                  new Basis.Remembered(Duration.ofMinutes(3)),
                  true,
                  List.of(
                      new VerdictExplanation.Heard(
                          "mx[192.0.2.25]:25",
                          "RCPT",
                          new ReversePath.Null(),
                          BOB,
                          Reply.of(550, "5.1.1", "unknown at store7.corp"))))));

  private final StringWriter said = new StringWriter();
  private final FakeService service =
      FakeService.answering(call -> ContractJson.MAPPER.writeValueAsString(answer(call.method())));

  @AfterEach
  void stopService() {
    service.close();
  }

  private static Object answer(String method) {
    return switch (method) {
      case "Explain" -> ANSWER;
      case "Forget" -> new VerificationOperator.Forgotten(2, false);
      default -> throw new IllegalArgumentException(method);
    };
  }

  private int run(String... arguments) {
    CommandLine line = CommandTree.ofClient();
    line.setOut(new PrintWriter(said, true));
    line.setErr(new PrintWriter(said, true));
    String[] all = new String[arguments.length + 3];
    all[0] = "verify";
    all[1] = "--url";
    all[2] = service.url().toString();
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return line.execute(all);
  }

  @Test
  void theVerdictItsSourceAndTheHostsOwnWordsAreShown() {
    int status = run("--from", "ann@x.example", "bob@dept.example");

    assertThat(status).as(said.toString()).isZero();
    assertThat(said.toString())
        .contains(
            "bob@dept.example is bad, next_hop_refused: 550 5.1.1 unknown at (host)\n",
            "bob@dept.example at smtp:[192.0.2.25] is bad",
            "from the cache, 3 min 0 s old\n",
            "accepts every address",
            "mx[192.0.2.25]:25 RCPT MAIL FROM:<> RCPT TO:<bob@dept.example>\n",
            "550 5.1.1 unknown at store7.corp\n");
    assertThat(service.calls().getFirst().body()).contains("ann@x.example", "bob@dept.example");
  }

  @Test
  void asJsonItIsTheAnswer() {
    int status = run("--json", "bob@dept.example");

    assertThat(status).as(said.toString()).isZero();
    assertThat(ContractJson.MAPPER.readValue(said.toString(), VerdictExplanation.class))
        .isEqualTo(ANSWER);
  }

  @Test
  void whatIsForgottenIsToldAndWhatIsNotDurable() {
    int status = run("--forget", "dept.example");

    assertThat(status).as(said.toString()).isZero();
    assertThat(said.toString())
        .contains("dept.example is forgotten, 2 answers were kept under it", "may bring them back");
  }

  @Test
  void anAddressAndSomethingToForgetAreNotAskedForTogether() {
    assertThat(run("--forget", "dept.example", "bob@dept.example")).isEqualTo(64);
    assertThat(run()).isEqualTo(64);
    assertThat(run("nonsense")).isEqualTo(64);
    assertThat(service.calls()).isEmpty();
  }
}

package io.gatepost.verification.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteAnswer.Leg;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.RecipientVerdict.Doubt;
import io.gatepost.contract.verification.ReversePathVerdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReversePathJudgeTest {

  private static final ForwardPath ANN = ForwardPath.of("ann@far.example");
  private static final ReversePathVerdict ROUTABLE = new ReversePathVerdict.Routable();

  private static ReversePathVerdict route(RouteAnswer answer) {
    return ReversePathJudge.byRoute(ANN, answer);
  }

  @Test
  void aSenderWhoseMailGoesSomewhereIsGood() {
    assertThat(
            route(
                new RouteAnswer.Resolved(
                    List.of(new Leg(ANN, new Destination.Mailbox("ann", ANN.domain()))))))
        .isEqualTo(ROUTABLE);
  }

  @Test
  void aDomainThatCannotBeRoutedIsABadSender() {
    assertThat(
            route(
                new RouteAnswer.Refused(
                    Reason.UNROUTABLE_DOMAIN, Replies.unroutable(ANN.domain()))))
        .isEqualTo(
            new ReversePathVerdict.Bad(
                Reason.INVALID_SENDER, Replies.senderUnroutable(ANN.domain())));
  }

  /// RFC 7505 §4.2 has a status of its own for it.
  @Test
  void aNullMxIsSaidToBeOne() {
    assertThat(
            route(new RouteAnswer.Refused(Reason.UNROUTABLE_DOMAIN, Replies.nullMx(ANN.domain()))))
        .isEqualTo(
            new ReversePathVerdict.Bad(Reason.INVALID_SENDER, Replies.senderNullMx(ANN.domain())));
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"UNKNOWN_USER", "REFUSED_BY_TABLE", "ROUTING_LOOP", "REFUSED_BY_USER"})
  void aRefusalThatIsNotAboutTheDomainIsNone(Reason reason) {
    assertThat(route(new RouteAnswer.Refused(reason, Reply.of(550, "5.1.1", "no"))))
        .isEqualTo(ROUTABLE);
  }

  @Test
  void troubleOfTheDnsIsUnknown() {
    Reply reply = Replies.dnsTimeout(ANN.domain());

    assertThat(route(new RouteAnswer.TryLater(Reason.DNS_UNAVAILABLE, reply)))
        .isEqualTo(new ReversePathVerdict.Unknown(Reason.DNS_UNAVAILABLE, reply));
  }

  @Test
  void aSenderThatItsHostRefusesIsBadInItsWords() {
    assertThat(
            ReversePathJudge.byCallBack(
                new RecipientVerdict.Bad(
                    Reason.NEXT_HOP_REFUSED, Reply.parse("550 5.1.1 no\nsuch user"))))
        .isEqualTo(
            new ReversePathVerdict.Bad(
                Reason.INVALID_SENDER, Replies.senderRefused(List.of("no", "such user"))));
  }

  /// RFC 5321 §4.5.3.1.5.
  @Test
  void noLineOfTheReplyIsLongerThanALineMayBe() {
    String words = "x".repeat(100) + ("\n" + "y".repeat(400)).repeat(4);
    ReversePathVerdict verdict =
        ReversePathJudge.byCallBack(
            new RecipientVerdict.Bad(Reason.NEXT_HOP_REFUSED, Reply.parse("550 5.1.1 " + words)));

    assertThat(verdict)
        .isInstanceOfSatisfying(
            ReversePathVerdict.Bad.class,
            bad ->
                assertThat(new String(bad.reply().wire()).split("\n"))
                    .allMatch(line -> line.length() < 512));
  }

  @Test
  void whatItsHostDoesNotRefuseForGoodIsNotBad() {
    Reply later = Reply.of(451, "4.4.1", "later");

    assertThat(ReversePathJudge.byCallBack(new RecipientVerdict.Good())).isEqualTo(ROUTABLE);
    assertThat(ReversePathJudge.byCallBack(new RecipientVerdict.Unproven(Doubt.LATE)))
        .isEqualTo(ROUTABLE);
    assertThat(
            ReversePathJudge.byCallBack(
                new RecipientVerdict.Unknown(Reason.CONNECTION_LOST, later)))
        .isEqualTo(new ReversePathVerdict.Unknown(Reason.CONNECTION_LOST, later));
  }
}

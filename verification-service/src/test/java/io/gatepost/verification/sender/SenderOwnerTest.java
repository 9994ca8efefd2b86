package io.gatepost.verification.sender;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.verification.SenderVerdict;
import io.gatepost.verification.user.UserName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SenderOwnerTest {

  private static final SenderVerdict PERMITTED = new SenderVerdict.Permitted();
  private static final SenderVerdict NOT_OWN =
      new SenderVerdict.NotOwn(Reason.SENDER_NOT_OWN, Replies.SENDER_NOT_OWN);
  private static final RouteAnswer ELSEWHERE =
      new RouteAnswer.Refused(Reason.RELAY_DENIED, Replies.RELAY_DENIED);
  private static final Reply LATER = Replies.dnsTimeout(DomainName.of("far.example"));

  private static RouteAnswer mailboxes(String... addresses) {
    return new RouteAnswer.Resolved(
        List.of(addresses).stream()
            .map(ForwardPath::of)
            .map(address ->
                new RouteAnswer.Leg(
                    address,
                    new Destination.Mailbox(address.localPart().lookupKey(), address.domain())))
            .toList());
  }

  private static RouteAnswer host(String address) {
    return new RouteAnswer.Resolved(
        List.of(
            new RouteAnswer.Leg(
                ForwardPath.of(address),
                new Destination.Smtp(
                    "smtp:inside", List.of(new Destination.NextHop("inside", "192.0.2.1", 25))))));
  }

  private static SenderVerdict judge(String user, String sender, RouteAnswer route) {
    return SenderOwner.judge(UserName.of(user), ForwardPath.of(sender), route);
  }

  @ParameterizedTest
  @CsvSource({
    "ann, ann@here.example, ann@here.example, true",
    "Ann, ann+list@here.example, ann@here.example, true",
    "ann, info@here.example, ann@other.example, true",
    "ann@here.example, info@here.example, ann@here.example, true",
    "ann@HERE.example, ann@here.example, ann@here.example, true",
    "ann@here.example, ann@other.example, ann@other.example, false",
    "bob, ann@here.example, ann@here.example, false",
    "info, ann@here.example, ann@here.example, false"
  })
  void aSenderIsTheUsersWhereItsMailComesToTheUsersMailbox(
      String user, String sender, String mailbox, boolean own) {
    assertThat(judge(user, sender, mailboxes(mailbox))).isEqualTo(own ? PERMITTED : NOT_OWN);
  }

  @Test
  void anAddressWithACopyForOthersIsStillTheUsers() {
    RouteAnswer route = mailboxes("bob@here.example", "ann@here.example");

    assertThat(judge("ann", "office@here.example", route)).isEqualTo(PERMITTED);
    assertThat(judge("eve", "office@here.example", route)).isEqualTo(NOT_OWN);
  }

  @Test
  void aUserWhoIsNamedByAnAddressDeliveredElsewhereHasThatAddress() {
    assertThat(judge("ann@corp.example", "ann+x@corp.example", host("ann+x@corp.example")))
        .isEqualTo(PERMITTED);
    assertThat(judge("ann@corp.example", "info@here.example", host("ann@corp.example")))
        .isEqualTo(PERMITTED);
    assertThat(judge("ann@corp.example", "bob@corp.example", host("bob@corp.example")))
        .isEqualTo(NOT_OWN);
    assertThat(judge("ann", "ann@corp.example", host("ann@corp.example"))).isEqualTo(NOT_OWN);
    assertThat(judge("ann@far.example", "ann@far.example", ELSEWHERE)).isEqualTo(PERMITTED);
    assertThat(judge("ann", "ann@far.example", ELSEWHERE)).isEqualTo(NOT_OWN);
  }

  @Test
  void anAddressThatIsNobodysIsNotTheUsers() {
    ForwardPath nobody = ForwardPath.of("ann@here.example");
    RouteAnswer unknown = new RouteAnswer.Refused(Reason.UNKNOWN_USER, Replies.unknownUser(nobody));

    assertThat(judge("ann@here.example", "ann@here.example", unknown)).isEqualTo(NOT_OWN);
  }

  @Test
  void aSenderWhoseRouteCannotBeToldIsNotRefusedForGood() {
    RouteAnswer later = new RouteAnswer.TryLater(Reason.DNS_UNAVAILABLE, LATER);

    assertThat(judge("ann", "office@here.example", later))
        .isEqualTo(new SenderVerdict.Unknown(Reason.DNS_UNAVAILABLE, LATER));
  }
}

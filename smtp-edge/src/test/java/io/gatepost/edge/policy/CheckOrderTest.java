package io.gatepost.edge.policy;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.client.PolicyReport.CheckReport;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.ReversePathVerdict;
import io.gatepost.contract.verification.SenderVerdict;
import io.gatepost.edge.dialogue.TestServices;
import io.gatepost.edge.dnslist.ListReason;
import io.gatepost.edge.dnslist.ListVerdict;
import io.gatepost.edge.inquiry.ListedClient;
import io.gatepost.edge.session.ClientClass;
import io.gatepost.edge.session.Identity;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/// The whole order of the checks (requirement B8): a client that offends against one check and all
/// behind it is refused by that one, and those behind it are not asked. The order is read from the
/// policy itself; each new check needs its offence here.
class CheckOrderTest {

  private static final String STRANGER = "203.0.113.9";
  private static final Reply NO = Reply.of(550, "5.1.1", "No");

  /// A client, and what it says.
  private static final class Offender {
    private final TestServices services = new TestServices();
    private Provenance provenance = Provenance.connected(STRANGER, "192.0.2.1:25", Origin.EXTERNAL);
    private Identity identity = Identity.ANONYMOUS;
    private ListedClient lists = ListedClient.NOT_ASKED;
    private String name = "a.example";
    private int earlierRecipients;
    private boolean guessedBefore;
    private boolean sentBefore;

    Offender() {
      services.clock = () -> Instant.EPOCH;
    }

    /// Commands of an authenticated user, of whom other checks do not know.
    void authenticate() {
      provenance = provenance.identified("ann");
      identity = new Identity.User("ann");
    }
  }

  /// How a client offends against a check.
  private static final Map<CheckName, Consumer<Offender>> OFFENCES =
      Map.ofEntries(
          entry(CheckName.BAN, each -> each.guessedBefore = true),
          entry(CheckName.CONNECTION_LIMIT, each -> each.services.maxFromOne = 0),
          entry(CheckName.HELO_SYNTAX, each -> each.name = "bot!"),
          entry(
              CheckName.HELO_SIGNATURE,
              each -> {
                each.services.heloSignatures = NamePatterns.parse("list", List.of("*bot*"));
                each.name = each.name.startsWith("bot") ? each.name : "bot.example";
              }),
          entry(CheckName.MESSAGE_RATE, each -> each.sentBefore = true),
          entry(
              CheckName.SENDER_OWNED,
              each -> {
                each.authenticate();
                each.services.senders =
                    request ->
                        Mono.just(
                            new SenderVerdict.NotOwn(
                                Reason.SENDER_NOT_OWN, Replies.SENDER_NOT_OWN));
              }),
          entry(
              CheckName.SENDER_DOMAIN,
              each -> {
                each.services.senderDomain = SenderReachable.Rule.REFUSE;
                each.services.reversePaths =
                    request -> Mono.just(new ReversePathVerdict.Bad(Reason.INVALID_SENDER, NO));
              }),
          entry(CheckName.RECIPIENT_LIMIT, each -> each.earlierRecipients = 1_000),
          entry(
              CheckName.DNS_LISTS,
              each ->
                  each.lists =
                      () ->
                          Mono.just(
                              new ListVerdict.Refused(
                                  DomainName.of("zen.example"), ListReason.NONE))),
          entry(
              CheckName.RECIPIENT_VERIFIED,
              each ->
                  each.services.recipients =
                      request -> Mono.just(new RecipientVerdict.Bad(Reason.UNKNOWN_USER, NO))));

  /// The order, with nothing set.
  static Stream<CheckName> order() {
    return new TestServices().dialogueServices().policy().order().stream();
  }

  /// Checks of authenticated users know nothing of strangers, and those of strangers nothing of
  /// users.
  private static boolean isMetWith(CheckName check, CheckName first) {
    return check == first || check != CheckName.SENDER_OWNED;
  }

  @ParameterizedTest
  @MethodSource("order")
  void theFirstCheckThatIsOffendedRefusesAndTheOthersAreNotAsked(CheckName first) {
    List<CheckName> order = order().toList();
    Offender offender = new Offender();
    order.stream()
        .skip(order.indexOf(first))
        .filter(check -> isMetWith(check, first))
        .forEach(
            check -> Objects.requireNonNull(OFFENCES.get(check), check.label()).accept(offender));
    StandardPolicy policy = policy(offender);

    assertThat(refusedBy(policy, offender)).isEqualTo(first);

    assertThat(policy.report().checks())
        .filteredOn(check -> check.counts().refused() > 0)
        .extracting(CheckReport::check)
        .containsExactly(first.label());
    assertThat(policy.report().checks().subList(order.indexOf(first) + 1, order.size()))
        .as("checks behind it")
        .allSatisfy(
            check -> assertThat(check.counts().asked()).isLessThanOrEqualTo(earlier(check)));
  }

  /// A message before this one has met the checks at MAIL.
  private static long earlier(CheckReport check) {
    return check.stage().equals(Stage.MAIL.label()) ? 1 : 0;
  }

  private static StandardPolicy policy(Offender offender) {
    TestServices services = offender.services;
    services.bans = new ClientBans.Rule(1, Duration.ofMinutes(1), Duration.ofMinutes(1));
    services.maxPerMinute = 1;
    StandardPolicy policy = services.dialogueServices().policy();
    if (offender.guessedBefore) {
      policy.refused(offender.provenance, new Verdict.Refuse(Reason.UNKNOWN_USER, NO));
    }
    if (offender.sentBefore) {
      policy
          .atMail(new SenderQuestion(offender.provenance, offender.identity, ReversePath.of("")))
          .block();
    }
    return policy;
  }

  private static CheckName refusedBy(StandardPolicy policy, Offender offender) {
    Provenance client = offender.provenance;
    ReversePath sender = ReversePath.of("bob@client.example");
    ForwardPath recipient = ForwardPath.of("ann@dest.example");
    return Stream.<Supplier<Mono<Decision>>>of(
            () ->
                policy.atConnect(
                    policy.arriving(
                        InetAddress.ofLiteral(STRANGER), Origin.EXTERNAL, ClientClass.STRANGER)),
            () -> policy.atHelo(new HeloQuestion(client, offender.name)),
            () -> policy.atMail(new SenderQuestion(client, offender.identity, sender)),
            () ->
                policy.atRcpt(
                    new RecipientQuestion(
                        client, offender.lists, sender, recipient, offender.earlierRecipients)))
        .map(Supplier::get)
        .map(Mono::block)
        .flatMap(decision -> refusal(decision).stream())
        .findFirst()
        .orElseThrow();
  }

  private static Optional<CheckName> refusal(Decision decision) {
    return switch (decision) {
      case Decision.Refused(var check, _, _) -> Optional.of(check);
      case Decision.Passed _ -> Optional.empty();
    };
  }

  @Test
  void theStagesFollowTheProtocol() {
    assertThat(order().map(CheckName::stage)).isSorted();
    assertThat(order()).containsExactlyInAnyOrder(CheckName.values());
  }

  @Test
  void whatOthersAreAskedAboutComesLastInItsStage() {
    List<CheckName> order = order().toList();

    assertThat(order).endsWith(CheckName.RECIPIENT_VERIFIED);
    assertThat(order.indexOf(CheckName.MESSAGE_RATE))
        .isLessThan(order.indexOf(CheckName.SENDER_OWNED));
    assertThat(order.indexOf(CheckName.SENDER_OWNED))
        .isLessThan(order.indexOf(CheckName.SENDER_DOMAIN));
  }
}

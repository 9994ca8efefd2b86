package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.ReversePathVerdict;
import io.gatepost.dns.Answer;
import io.gatepost.dns.RecordData;
import io.gatepost.dns.RecordType;
import io.gatepost.edge.dnslist.DnsList;
import io.gatepost.edge.dnslist.ListAction;
import io.gatepost.edge.dnslist.ListJudge;
import io.gatepost.edge.inquiry.ClientInquiries;
import io.gatepost.edge.inquiry.DnsLists;
import io.gatepost.edge.policy.CheckName;
import io.gatepost.edge.policy.ClientBans;
import io.gatepost.edge.policy.Exemptions;
import io.gatepost.edge.policy.NamePatterns;
import io.gatepost.edge.policy.PolicyRules;
import io.gatepost.edge.policy.SenderReachable;
import io.gatepost.testkit.smtp.SmtpScript;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/// Replies of each check to a stranger, under settings that make it refuse.
class PolicyDialogsTest {

  private static final Path SCRIPTS = Path.of("src/test/resources/dialogs");
  private static final DomainName GONE = DomainName.of("gone.example");

  private final TestEdge edge = new TestEdge();

  @BeforeEach
  void answers() {
    edge.relayFrom = List.of();
    edge.heloSignatures = NamePatterns.parse("list", List.of("bot*"));
    edge.recipients = request -> recipient(request.recipient().localPart().text());
    edge.reversePaths = request -> Mono.just(sender(request.sender().domain()));
  }

  private static Mono<RecipientVerdict> recipient(String user) {
    return switch (user) {
      case "unknown", "unknown1", "unknown2", "unknown3" ->
          bad(Reason.UNKNOWN_USER, Reply.of(550, "5.1.1", "No such user"));
      case "relay" -> bad(Reason.RELAY_DENIED, Replies.RELAY_DENIED);
      case "trouble" -> Mono.error(new RpcException(RpcStatus.UNAVAILABLE, "nobody there"));
      case "late" -> Mono.error(new RpcException(RpcStatus.DEADLINE_EXCEEDED, "too late"));
      default -> Mono.just(new RecipientVerdict.Good());
    };
  }

  private static Mono<RecipientVerdict> bad(Reason reason, Reply reply) {
    return Mono.just(new RecipientVerdict.Bad(reason, reply));
  }

  private static ReversePathVerdict sender(DomainName domain) {
    return switch (domain.text()) {
      case "gone.example", "other.gone.example" ->
          new ReversePathVerdict.Bad(Reason.INVALID_SENDER, Replies.senderUnroutable(GONE));
      case "silent.example" ->
          new ReversePathVerdict.Unknown(Reason.DNS_UNAVAILABLE, Replies.dnsTimeout(domain));
      default -> new ReversePathVerdict.Routable();
    };
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  private void play(String script) throws IOException {
    SmtpScript.read(SCRIPTS.resolve(script + ".smtp"))
        .play(new InetSocketAddress(InetAddress.getLoopbackAddress(), edge.port()));
  }

  private void refuses(CheckName check, Reason reason) {
    assertThat(edge.refused(check.stage().label(), reason.label())).isPositive();
  }

  /// A sender that is not the user's is told to users only, who authenticate over TLS: `AuthTest`.
  @ParameterizedTest
  @EnumSource(names = "SENDER_OWNED", mode = EnumSource.Mode.EXCLUDE)
  void eachCheckHasADialogue(CheckName check) {
    edge.start();

    assertThat(Files.exists(SCRIPTS.resolve(check.label() + ".smtp"))).isTrue();
  }

  @Test
  void aClientThatIsBanned() throws IOException {
    edge.bans = new ClientBans.Rule(3, Duration.ofMinutes(1), Duration.ofMinutes(1));
    edge.start();

    play("ban-before");
    play("ban");

    refuses(CheckName.BAN, Reason.BANNED);
  }

  @Test
  void moreConnectionsThanThereMayBe() throws IOException {
    edge.maxConnections = 0;
    edge.start();

    play("connection-limit");

    refuses(CheckName.CONNECTION_LIMIT, Reason.CONNECTION_LIMIT);
  }

  @Test
  void moreConnectionsFromOneAddress() throws IOException {
    edge.maxFromOne = 1;
    edge.start();

    try (TestClient first = new TestClient(edge.port(), "127.0.0.2").greet()) {
      play("connection-limit-address");
      assertThat(first.say("QUIT")).startsWith("221 ");
    }
  }

  @Test
  void moreConnectionsFromOneNetwork() throws IOException {
    edge.maxFromNetwork = 1;
    edge.start();

    try (TestClient first = new TestClient(edge.port(), "127.0.0.3").greet()) {
      play("connection-limit-network");
      assertThat(first.say("QUIT")).startsWith("221 ");
    }
  }

  @Test
  void aNameThatIsNone() throws IOException {
    edge.start();

    play("helo-syntax");

    refuses(CheckName.HELO_SYNTAX, Reason.HELO_SYNTAX);
  }

  @Test
  void aNameThatOnlyAbusersUse() throws IOException {
    edge.start();

    play("helo-signature");

    refuses(CheckName.HELO_SIGNATURE, Reason.HELO_SIGNATURE);
  }

  @Test
  void moreMessagesThanAMinuteMayHave() throws IOException {
    edge.maxPerMinute = 1;
    edge.clock = () -> Instant.EPOCH;
    edge.start();

    play("message-rate");

    refuses(CheckName.MESSAGE_RATE, Reason.RATE_LIMITED);
  }

  @Test
  void aSenderThatNoMailCanBeSentBackTo() throws IOException {
    edge.senderDomain = SenderReachable.Rule.REFUSE;
    edge.start();

    play("sender-domain");

    refuses(CheckName.SENDER_DOMAIN, Reason.INVALID_SENDER);
    refuses(CheckName.SENDER_DOMAIN, Reason.DNS_UNAVAILABLE);
  }

  @Test
  void aSenderThatIsMarked() throws IOException {
    edge.senderDomain = SenderReachable.Rule.MARK;
    edge.start();

    play("sender-domain-marked");

    assertThat(edge.queue.messages.getFirst().envelope().provenance().marks()).hasSize(1);
  }

  /// Lists that have 127.0.0.2, and one that allows 127.0.0.3 besides.
  private void lists(ListAction action) {
    List<DnsList> lists =
        List.of(
            new DnsList(DomainName.of("zen.example"), 1, List.of(), action),
            new DnsList(DomainName.of("good.example"), 1, List.of(), ListAction.ALLOW));
    Duration timeout = Duration.ofSeconds(5);
    edge.inquiries =
        new ClientInquiries(
            _ -> false,
            Optional.of(
                new DnsLists(
                    new ListJudge(lists, 1), PolicyDialogsTest::listed, timeout, 100, edge.meters)),
            Optional.empty());
  }

  private static Mono<Answer> listed(String name, RecordType type, Object party) {
    boolean isListed =
        switch (name) {
          case "2.0.0.127.zen.example", "3.0.0.127.zen.example", "3.0.0.127.good.example" -> true;
          default -> false;
        };
    RecordData data =
        type == RecordType.TXT
            ? new RecordData.Text("sends spam\r\n250 OK")
            : new RecordData.Address(InetAddress.ofLiteral("127.0.0.2"));
    Duration ttl = Duration.ofMinutes(5);
    return Mono.just(isListed ? new Answer.Found(List.of(data), ttl) : new Answer.Absent(ttl));
  }

  @Test
  void aClientThatAListHas() throws IOException {
    lists(ListAction.REFUSE);
    edge.start();

    play("dns-lists");

    refuses(CheckName.DNS_LISTS, Reason.DNS_LISTED);
  }

  @Test
  void aClientThatAListTellsToComeBack() throws IOException {
    lists(ListAction.DEFER);
    edge.start();

    play("dns-lists-deferred");

    refuses(CheckName.DNS_LISTS, Reason.DNS_LISTED);
  }

  @Test
  void aClientThatAListHasMarked() throws IOException {
    lists(ListAction.MARK);
    edge.start();

    play("dns-lists-marked");

    assertThat(edge.queue.messages.getFirst().envelope().provenance().marks()).hasSize(1);
  }

  @Test
  void aClientThatAListAllows() throws IOException {
    lists(ListAction.REFUSE);
    edge.start();

    play("dns-lists-allowed");
  }

  @Test
  void moreRecipientsThanAMessageMayHave() throws IOException {
    edge.start();

    play("recipient-limit");

    refuses(CheckName.RECIPIENT_LIMIT, Reason.RECIPIENT_LIMIT);
  }

  @Test
  void recipientsThatAreNoneOrCannotBeToldOf() throws IOException {
    edge.start();

    play("recipient-verified");

    refuses(CheckName.RECIPIENT_VERIFIED, Reason.UNKNOWN_USER);
    refuses(CheckName.RECIPIENT_VERIFIED, Reason.RELAY_DENIED);
    refuses(CheckName.RECIPIENT_VERIFIED, Reason.SERVICE_UNAVAILABLE);
    refuses(CheckName.RECIPIENT_VERIFIED, Reason.DEADLINE_EXCEEDED);
  }

  @Test
  void checksThatWarnOnly() throws IOException {
    edge.policyRules =
        new PolicyRules(
            Set.of(CheckName.HELO_SYNTAX, CheckName.HELO_SIGNATURE), () -> Exemptions.NONE);
    edge.start();

    play("warns-only");
  }

  @Test
  void whoIsExempt() throws IOException {
    edge.senderDomain = SenderReachable.Rule.REFUSE;
    Exemptions table =
        Exemptions.parse(
            "table",
            List.of(
                "127.0.0.0/24 helo-syntax,helo-signature",
                "127.0.0.0/8 none",
                "@gone.example sender-domain"));
    edge.policyRules = new PolicyRules(Set.of(), () -> table);
    edge.start();

    play("exempt");
  }

  @Test
  void aClientThatSpeaksFirst() throws IOException {
    edge.greetPause = Duration.ofSeconds(30);
    edge.start();

    play("greet-pause");
  }

  @Test
  void aProxyThatDoesNotSayForWhomItSpeaks() throws IOException {
    edge.proxyFrom = List.of("127.0.0.1");
    edge.start();

    play("proxy-header");
  }
}

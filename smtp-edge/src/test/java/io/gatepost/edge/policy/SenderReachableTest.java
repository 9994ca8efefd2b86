package io.gatepost.edge.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.event.TrafficClass;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.verification.ReversePathVerdict;
import io.gatepost.edge.dialogue.TestServices;
import io.gatepost.edge.policy.SenderReachable.Rule;
import io.gatepost.edge.session.Identity;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

class SenderReachableTest {

  private static final DomainName DOMAIN = DomainName.of("gone.example");
  private static final ReversePathVerdict BAD =
      new ReversePathVerdict.Bad(Reason.INVALID_SENDER, Replies.senderUnroutable(DOMAIN));
  private static final ReversePathVerdict UNKNOWN =
      new ReversePathVerdict.Unknown(Reason.DNS_UNAVAILABLE, Replies.dnsTimeout(DOMAIN));

  private final TestServices services = new TestServices();
  private final AtomicInteger asked = new AtomicInteger();

  private Verdict on(Rule rule, Mono<ReversePathVerdict> verdict, String sender, Origin origin) {
    services.senderDomain = rule;
    services.reversePaths =
        request -> {
          asked.incrementAndGet();
          return verdict;
        };
    Provenance client = Provenance.connected("192.0.2.1", "198.51.100.1:25", origin);
    return services
        .dialogueServices()
        .policy()
        .atMail(new SenderQuestion(client, Identity.ANONYMOUS, ReversePath.of(sender)))
        .map(SenderReachableTest::verdict)
        .block();
  }

  private static Verdict verdict(Decision decision) {
    return switch (decision) {
      case Decision.Refused(_, var refusal, _) -> refusal;
      case Decision.Passed(var notes) ->
          notes.isEmpty() ? Verdict.PASS : mark((Note.Marked) notes.getFirst());
    };
  }

  private static Verdict mark(Note.Marked marked) {
    return new Verdict.Mark(marked.reason(), marked.text());
  }

  private Verdict stranger(Rule rule, ReversePathVerdict verdict) {
    return on(rule, Mono.just(verdict), "ann@gone.example", Origin.EXTERNAL);
  }

  @Test
  void whatNoMailCanBeSentBackToIsRefusedInAClassOfItsOwn() {
    assertThat(stranger(Rule.REFUSE, BAD))
        .isEqualTo(new Verdict.Refuse(Reason.INVALID_SENDER, Replies.senderUnroutable(DOMAIN)));
    assertThat(TrafficClass.of(Reason.INVALID_SENDER)).isEqualTo(TrafficClass.INVALID_SENDER);
  }

  @Test
  void troubleOfTheDnsIsTemporaryWhereSendersAreRefusedAndNothingElsewhere() {
    assertThat(stranger(Rule.REFUSE, UNKNOWN))
        .isEqualTo(new Verdict.Refuse(Reason.DNS_UNAVAILABLE, Replies.dnsTimeout(DOMAIN)));
    assertThat(stranger(Rule.MARK, UNKNOWN))
        .isEqualTo(new Verdict.Mark(Reason.DNS_UNAVAILABLE, "dns_unavailable gone.example"));
  }

  @Test
  void whereSendersAreMarkedTheyPassAndAreCounted() {
    assertThat(stranger(Rule.MARK, BAD))
        .isEqualTo(new Verdict.Mark(Reason.INVALID_SENDER, "invalid_sender gone.example"));

    assertThat(
            services
                .meters
                .get("gatepost.edge.senders")
                .tags("result", "bad", "rule", "mark")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Rule.class)
  void nullSendersAndOurOwnClientsAreNotAskedAbout(Rule rule) {
    assertThat(on(rule, Mono.just(BAD), "", Origin.EXTERNAL)).isEqualTo(Verdict.PASS);
    assertThat(on(rule, Mono.just(BAD), "ann@gone.example", Origin.INTERNAL))
        .isEqualTo(Verdict.PASS);
    assertThat(asked).hasValue(0);
  }

  @Test
  void nobodyIsAskedWhereTheRuleIsOff() {
    assertThat(stranger(Rule.OFF, BAD)).isEqualTo(Verdict.PASS);
    assertThat(asked).hasValue(0);
  }

  @Test
  void ourOwnTroubleIsNeverAPermanentRefusal() {
    Mono<ReversePathVerdict> trouble =
        Mono.error(new RpcException(RpcStatus.UNAVAILABLE, "nobody there"));

    assertThat(on(Rule.REFUSE, trouble, "ann@gone.example", Origin.EXTERNAL))
        .isEqualTo(new Verdict.Refuse(Reason.SERVICE_UNAVAILABLE, Replies.ROUTING_UNAVAILABLE));
    assertThat(on(Rule.MARK, trouble, "ann@gone.example", Origin.EXTERNAL)).isEqualTo(Verdict.PASS);
  }

  @Test
  void aGoodSenderPasses() {
    assertThat(stranger(Rule.REFUSE, new ReversePathVerdict.Routable())).isEqualTo(Verdict.PASS);
  }
}

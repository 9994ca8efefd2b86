package io.gatepost.edge.policy;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.client.PolicyReport.Setting;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.Known;
import io.gatepost.edge.dnslist.DnsList;
import io.gatepost.edge.dnslist.ListJudge;
import io.gatepost.edge.dnslist.ListVerdict;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/// DNS lists have nothing against a stranger (requirement B3). They are asked from the moment of
/// connecting on; here their verdict is told. A domain's postmaster and abuse address can be
/// written to by anybody (RFC 5321 §4.5.1, RFC 2142 §2), so that who is on a list by mistake has
/// somebody to tell.
public final class DnsListed implements Check<RecipientQuestion> {

  private final ListJudge lists;
  private final Optional<ForwardPath> postmaster;

  /// @param lists that give the verdicts
  /// @param postmaster who is meant by the bare `postmaster`, where the settings name one
  public DnsListed(ListJudge lists, Optional<ForwardPath> postmaster) {
    this.lists = lists;
    this.postmaster = postmaster;
  }

  @Override
  public Mono<Verdict> on(RecipientQuestion question) {
    if (question.provenance().origin() == Origin.INTERNAL || isForAnybody(question.recipient())) {
      return Verdict.PASS_NOW;
    }
    Mono<ListVerdict> verdict = question.lists().verdict();
    return Known.value(verdict) instanceof ListVerdict.Clear
        ? Verdict.PASS_NOW
        : Known.map(verdict, said -> judge(question.provenance(), said), UnaryOperator.identity());
  }

  private boolean isForAnybody(ForwardPath recipient) {
    String localPart = recipient.localPart().text();
    return localPart.equalsIgnoreCase("postmaster")
        || localPart.equalsIgnoreCase("abuse")
        || postmaster.filter(recipient::equals).isPresent();
  }

  private static Verdict judge(Provenance client, ListVerdict verdict) {
    return switch (verdict) {
      case ListVerdict.Clear _, ListVerdict.Allowed _ -> Verdict.PASS;
      case ListVerdict.Marked(var zones) -> new Verdict.Mark(Reason.DNS_LISTED, marking(zones));
      case ListVerdict.Deferred(var zone, var why) ->
          new Verdict.Refuse(
              Reason.DNS_LISTED, Replies.dnsListedForNow(client.peer(), zone, why.text()));
      case ListVerdict.Refused(var zone, var why) ->
          new Verdict.Refuse(Reason.DNS_LISTED, Replies.dnsListed(client.peer(), zone, why.text()));
    };
  }

  @Override
  public boolean isOn() {
    return !lists.lists().isEmpty();
  }

  @Override
  public List<Setting> settings() {
    return List.of(
        Setting.of(
            "dns-lists",
            lists.lists().stream().map(DnsList::toString).collect(Collectors.joining(", "))),
        Setting.of("dns-list-threshold", lists.threshold()));
  }

  private static String marking(List<DomainName> zones) {
    return zones.stream().map(DomainName::text).collect(Collectors.joining(" "));
  }
}

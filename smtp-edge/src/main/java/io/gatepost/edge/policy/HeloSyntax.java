package io.gatepost.edge.policy;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.client.PolicyReport.Setting;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import java.util.List;
import java.util.Locale;
import reactor.core.publisher.Mono;

/// A client must call itself by a domain or an address literal (RFC 5321 §4.1.1.1, §4.1.3). Clients
/// of ours are not asked: many a mail program names its host as it likes.
public final class HeloSyntax implements Check<HeloQuestion> {

  private static final Mono<Verdict> REFUSED =
      Verdict.refuse(Reason.HELO_SYNTAX, Replies.HELO_SYNTAX);

  private final Strictness strictness;

  /// Whether a client that calls itself by neither is refused.
  public enum Strictness {
    STRICT,
    LOOSE
  }

  public HeloSyntax(Strictness strictness) {
    this.strictness = strictness;
  }

  @Override
  public Mono<Verdict> on(HeloQuestion question) {
    return strictness == Strictness.LOOSE
            || question.provenance().origin() == Origin.INTERNAL
            || isName(question.name())
        ? Verdict.PASS_NOW
        : REFUSED;
  }

  /// A dot at the end is wrong but harmless.
  private static boolean isName(String name) {
    String domain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    return DomainName.isDomain(domain) && DomainName.of(domain).isReachable();
  }

  @Override
  public boolean isOn() {
    return strictness == Strictness.STRICT;
  }

  @Override
  public List<Setting> settings() {
    return List.of(Setting.of("helo-syntax", strictness.name().toLowerCase(Locale.ROOT)));
  }
}

package io.gatepost.edge.policy;

import static io.gatepost.edge.policy.CheckName.BAN;
import static io.gatepost.edge.policy.CheckName.CONNECTION_LIMIT;
import static io.gatepost.edge.policy.CheckName.DNS_LISTS;
import static io.gatepost.edge.policy.CheckName.HELO_SIGNATURE;
import static io.gatepost.edge.policy.CheckName.HELO_SYNTAX;
import static io.gatepost.edge.policy.CheckName.MESSAGE_RATE;
import static io.gatepost.edge.policy.CheckName.RECIPIENT_LIMIT;
import static io.gatepost.edge.policy.CheckName.RECIPIENT_VERIFIED;
import static io.gatepost.edge.policy.CheckName.SENDER_DOMAIN;
import static io.gatepost.edge.policy.CheckName.SENDER_OWNED;

import io.gatepost.contract.client.PolicyReport;
import io.gatepost.contract.client.PolicyReport.CheckReport;
import io.gatepost.contract.client.PolicyReport.Force;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.edge.policy.StageChecks.Named;
import io.gatepost.edge.session.ClientClass;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;

/// The order of the gate's checks. Order is policy, so it is text: the first refusal wins, cheapest
/// first (requirement B8).
///
/// Not in the lists: the greet pause comes after `atConnect` and before the greeting, in the
/// session; the protocol's own rules (a 5xx by the session machine, authentication on submission)
/// come before every list; hops and the length of lines are counted in the content, after `atRcpt`
/// and before the scanner.
public final class StandardPolicy {

  private final Checks checks;
  private final PolicyRules rules;
  private final CheckCounts counts;
  private final StageChecks<ConnectingClient> atConnect;
  private final StageChecks<HeloQuestion> atHelo;
  private final StageChecks<SenderQuestion> atMail;
  private final StageChecks<RecipientQuestion> atRcpt;

  /// The checks, each with its own settings.
  public record Checks(
      ClientBans clientBans,
      ConnectionLimit connectionLimit,
      HeloSyntax heloSyntax,
      HeloSignature heloSignature,
      MessageRate messageRate,
      SenderOwned senderOwned,
      SenderReachable senderReachable,
      RecipientLimit recipientLimit,
      DnsListed dnsListed,
      RecipientVerified recipientVerified) {}

  public StandardPolicy(Checks checks, PolicyRules rules, CheckCounts counts) {
    this.checks = checks;
    this.rules = rules;
    this.counts = counts;
    // DNS lists and names are asked for from here on, see `inquiry`; lists are judged at RCPT.
    List<Named<ConnectingClient>> connect =
        List.of(
            new Named<>(BAN, checks.clientBans()),
            new Named<>(CONNECTION_LIMIT, checks.connectionLimit()));
    List<Named<HeloQuestion>> helo =
        List.of(
            new Named<>(HELO_SYNTAX, checks.heloSyntax()),
            new Named<>(HELO_SIGNATURE, checks.heloSignature()));
    // SPF stands before the stranger's sender is asked about.
    List<Named<SenderQuestion>> mail =
        List.of(
            new Named<>(MESSAGE_RATE, checks.messageRate()),
            new Named<>(SENDER_OWNED, checks.senderOwned()),
            new Named<>(SENDER_DOMAIN, checks.senderReachable()));
    // Relay control is part of the verification. DKIM and
    // DMARC are about content, and stand before the scanner.
    List<Named<RecipientQuestion>> rcpt =
        List.of(
            new Named<>(RECIPIENT_LIMIT, checks.recipientLimit()),
            new Named<>(DNS_LISTS, checks.dnsListed()),
            new Named<>(RECIPIENT_VERIFIED, checks.recipientVerified()));
    this.atConnect = new StageChecks<>(connect, rules, counts);
    this.atHelo = new StageChecks<>(helo, rules, counts);
    this.atMail = new StageChecks<>(mail, rules, counts);
    this.atRcpt = new StageChecks<>(rcpt, rules, counts);
  }

  /// The names of all checks, in the order in which a session meets them.
  public List<CheckName> order() {
    return all().map(Named::name).toList();
  }

  /// The checks as they are in force, with their counts.
  public PolicyReport report() {
    return new PolicyReport(all().map(this::report).toList(), rules.exemptions().get().size());
  }

  private CheckReport report(Named<?> named) {
    CheckName name = named.name();
    Force force = rules.warnOnly().contains(name) ? Force.WARNS : Force.ON;
    return new CheckReport(
        name.stage().label(),
        name.label(),
        named.check().isOn() ? force : Force.OFF,
        named.check().settings(),
        counts.report(name));
  }

  private Stream<Named<?>> all() {
    return Stream.of(atConnect, atHelo, atMail, atRcpt)
        .flatMap(stage -> stage.checks().stream().map(each -> (Named<?>) each));
  }

  /// A client that has just connected, with what it is exempt from as long as it stays.
  public ConnectingClient arriving(InetAddress address, Origin origin, ClientClass clientClass) {
    return new ConnectingClient(address, origin, clientClass, rules.exemptions().get().of(address));
  }

  /// Whether a client may connect. One that may counts until [#left].
  public Mono<Decision> atConnect(ConnectingClient connecting) {
    return atConnect.decide(connecting, connecting.exempt());
  }

  /// A connection that [#atConnect] has let pass is closed.
  public void left(ConnectingClient connecting) {
    checks.connectionLimit().left(connecting);
  }

  /// Whether a client may call itself so.
  public Mono<Decision> atHelo(HeloQuestion question) {
    return atHelo.decide(question, rules.exemptions().get().of(question.provenance().peer()));
  }

  /// Whether a message of this sender may begin.
  public Mono<Decision> atMail(SenderQuestion question) {
    Exemptions exemptions = rules.exemptions().get();
    return atMail.decide(question, exemptions.of(question.provenance().peer(), question.sender()));
  }

  /// Whether a recipient may be accepted.
  public Mono<Decision> atRcpt(RecipientQuestion question) {
    Exemptions exemptions = rules.exemptions().get();
    return atRcpt.decide(
        question,
        exemptions.of(question.provenance().peer(), question.sender(), question.recipient()));
  }

  /// A recipient was refused, and the client has been told.
  public void refused(Provenance client, Verdict.Refuse refusal) {
    if (checks.clientBans().isOn()
        && !rules.exemptions().get().of(client.peer()).contains(CheckName.BAN)) {
      checks.clientBans().refused(client, refusal);
    }
  }
}

package io.gatepost.verification;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.verification.cache.Lifetimes;
import io.gatepost.verification.callout.CalloutRule;
import io.gatepost.verification.callout.CalloutRule.Asked;
import io.gatepost.verification.callout.CalloutRule.Late;
import io.gatepost.verification.callout.CalloutRule.ProbeSender;
import io.gatepost.verification.probe.BackEnds;
import io.gatepost.verification.probe.CalloutRules;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/// Settings of the questions to next hops.
///
/// @param asked `for`: which next hops are asked, `tables` for those that the operator's tables
///   name, or `none`
/// @param sender the reverse-path of a question, `null` or `sender`, the client's own
/// @param late what a client is told that cannot wait, or while the host cannot be asked, `later`
///   or `accept`
/// @param timeout how long a client waits, at most until shortly before
///   `gatepost.edge.verify-timeout`
/// @param accepted how long an address that is good is remembered; it is asked about again after
///   half of it
/// @param refused how long an address that is bad is
/// @param deferred how long a 4xx is
/// @param host how long a host is left alone that has refused to be asked for good
/// @param cacheSize how many answers at most
/// @param concurrency questions to one back end at a time, 1 to 1000
/// @param waiting questions to one back end that wait, of strangers and of our own clients each
/// @param keep where good answers are kept over a restart, `database`, or `memory` for nowhere
/// @param senders domains of senders that are called back
/// @param domains other values for some domains, by their names
record CalloutProperties(
    @Name("for") @DefaultValue("tables") String asked,
    @DefaultValue("null") String sender,
    @DefaultValue("later") String late,
    @DefaultValue("10s") Duration timeout,
    @DefaultValue("24h") Duration accepted,
    @DefaultValue("30m") Duration refused,
    @DefaultValue("60s") Duration deferred,
    @DefaultValue("10m") Duration host,
    @DefaultValue("50000") long cacheSize,
    @DefaultValue("100") int concurrency,
    @DefaultValue("1000") int waiting,
    @DefaultValue("database") Keep keep,
    @DefaultValue List<String> senders,
    @DefaultValue Map<String, OfDomain> domains) {

  private static final String PREFIX = "gatepost.verification.callout.";
  private static final int MOST_AT_A_TIME = 1_000;
  private static final int MOST_WAITING = 100_000;

  /// Where good answers are kept over a restart.
  enum Keep {
    DATABASE,
    MEMORY
  }

  /// Values of one domain; what is not said is as for every domain.
  record OfDomain(
      @Name("for") @Nullable String asked, @Nullable String sender, @Nullable String late) {}

  CalloutProperties {
    positive("timeout", timeout);
    positive("accepted", accepted);
    positive("refused", refused);
    positive("deferred", deferred);
    positive("host", host);
    if (cacheSize < 0) {
      throw new SettingException(PREFIX + "cache-size", cacheSize, "0 or more");
    }
    between("concurrency", concurrency, 1, MOST_AT_A_TIME);
    between("waiting", waiting, 0, MOST_WAITING);
    senders = List.copyOf(senders);
    domains = Map.copyOf(domains);
    rules(asked, sender, late, domains);
    senderRules(senders);
  }

  Lifetimes lifetimes() {
    return new Lifetimes(accepted, refused, deferred, host);
  }

  BackEnds.Limits limits() {
    return new BackEnds.Limits(concurrency, waiting);
  }

  /// Which next hops are asked about recipients.
  CalloutRules rules() {
    return rules(asked, sender, late, domains);
  }

  /// Which hosts are asked about senders.
  CalloutRules senderRules() {
    return senderRules(senders);
  }

  private static CalloutRules rules(
      String asked, String sender, String late, Map<String, OfDomain> domains) {
    CalloutRule usual = rule(PREFIX, asked, sender, late);
    Map<DomainName, CalloutRule> byDomain = new HashMap<>();
    domains.forEach((name, own) -> {
      String key = PREFIX + "domains." + name + ".";
      byDomain.put(
          domain(PREFIX + "domains", name),
          rule(
              key,
              own.asked() == null ? asked : own.asked(),
              own.sender() == null ? sender : own.sender(),
              own.late() == null ? late : own.late()));
    });
    return new CalloutRules(usual, byDomain);
  }

  private static CalloutRules senderRules(List<String> senders) {
    CalloutRule none = new CalloutRule(Asked.NONE, ProbeSender.NULL, Late.LATER);
    CalloutRule calledBack = new CalloutRule(Asked.ALL, ProbeSender.NULL, Late.LATER);
    Map<DomainName, CalloutRule> listed = new HashMap<>();
    senders.forEach(name -> listed.put(domain(PREFIX + "senders", name), calledBack));
    return new CalloutRules(none, listed);
  }

  private static CalloutRule rule(String prefix, String asked, String sender, String late) {
    return new CalloutRule(
        switch (asked) {
          case "tables" -> Asked.TABLES;
          case "none" -> Asked.NONE;
          default -> throw new SettingException(prefix + "for", asked, "tables or none");
        },
        switch (sender) {
          case "null", "" -> ProbeSender.NULL; // YAML reads null as nothing
          case "sender" -> ProbeSender.SENDER;
          default -> throw new SettingException(prefix + "sender", sender, "null or sender");
        },
        switch (late) {
          case "later" -> Late.LATER;
          case "accept" -> Late.ACCEPT;
          default -> throw new SettingException(prefix + "late", late, "later or accept");
        });
  }

  private static DomainName domain(String key, String name) {
    try {
      return DomainName.listed(name.strip());
    } catch (IllegalArgumentException e) {
      throw new SettingException(key, name, "a domain, such as dept.example.org");
    }
  }

  private static void positive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new SettingException(PREFIX + key, value, "a duration above zero");
    }
  }

  private static void between(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw new SettingException(PREFIX + key, value, least + " to " + most);
    }
  }
}

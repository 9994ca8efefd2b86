package io.gatepost.edge;

import io.gatepost.contract.delivery.FilterTerms;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.edge.dialogue.Tarpit;
import io.gatepost.edge.filter.FilterRule;
import io.gatepost.edge.filter.FilterRule.Unavailable;
import io.gatepost.edge.intake.EarlyHandover;
import io.gatepost.edge.intake.LateScanLimit;
import io.gatepost.edge.policy.ClientBans;
import io.gatepost.edge.policy.NetworkPrefixes;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

/// The groups of settings below `gatepost.edge` about who and what is kept away.
final class GateProperties {

  private GateProperties() {}

  /// The size of the networks that share a limit.
  ///
  /// @param ipv4 bits of an IPv4 network, 8 to 32
  /// @param ipv6 bits of an IPv6 network, 16 to 64
  public record NetworkPrefix(@DefaultValue("24") int ipv4, @DefaultValue("48") int ipv6) {
    public NetworkPrefix {
      between("network-prefix.ipv4", ipv4, 8, 32);
      between("network-prefix.ipv6", ipv6, 16, 64);
    }

    NetworkPrefixes prefixes() {
      return new NetworkPrefixes(ipv4, ipv6);
    }
  }

  /// When strangers are banned, and for how long.
  ///
  /// @param after how many unknown users of one stranger's address; 0 for no bans
  /// @param within in which time they are counted, up to 1d
  /// @param duration of a ban, up to 1d
  public record Ban(
      @DefaultValue("0") int after,
      @DefaultValue("10m") Duration within,
      @DefaultValue("10m") Duration duration) {
    public Ban {
      if (after < 0) {
        throw new SettingException("gatepost.edge.ban.after", after, "0 or more");
      }
      upToADay("ban.within", within);
      upToADay("ban.duration", duration);
    }

    ClientBans.Rule rule() {
      return new ClientBans.Rule(after, within, duration);
    }
  }

  /// How long refusals are held back.
  ///
  /// @param delay how long a reply that refuses a stranger is held back, 0s to 1m
  /// @param maxSessions in which replies may wait at a time; those of others do not
  public record TarpitDelay(
      @DefaultValue("0s") Duration delay, @DefaultValue("1000") int maxSessions) {
    public TarpitDelay {
      if (delay.isNegative() || delay.compareTo(MAX_DELAY) > 0) {
        throw new SettingException("gatepost.edge.tarpit.delay", delay, "0s to 1m");
      }
      if (maxSessions < 1) {
        throw new SettingException("gatepost.edge.tarpit.max-sessions", maxSessions, "1 or more");
      }
    }

    Tarpit.Rule rule() {
      return new Tarpit.Rule(delay, maxSessions);
    }
  }

  /// How much may be accepted unscanned, where a scanner's settings say `unavailable: late`.
  ///
  /// @param messages that owe a scan at most, up to 50000; 0 for none
  /// @param size of their contents together, up to 1TB
  /// @param age of the oldest of them, up to 5d
  public record Late(
      @DefaultValue("1000") int messages,
      @DefaultValue("256MB") DataSize size,
      @DefaultValue("1h") Duration age) {
    public Late {
      between("late.messages", messages, 0, 50_000);
      if (size.isNegative() || size.compareTo(DataSize.ofTerabytes(1)) > 0) {
        throw new SettingException("gatepost.edge.late.size", size, "0B to 1TB");
      }
      if (age.isNegative() || age.compareTo(Duration.ofDays(5)) > 0) {
        throw new SettingException("gatepost.edge.late.age", age, "0s to 5d");
      }
    }

    LateScanLimit.Bounds bounds() {
      return new LateScanLimit.Bounds(messages, size.toBytes(), age);
    }
  }

  /// Delivery before the client has the reply.
  ///
  /// @param enabled whether messages are attempted at once; otherwise all are queued
  /// @param budget how long a client waits for an attempt, 100ms to 20s
  /// @param submissionBudget the same of a user who has authenticated, and waits in person
  /// @param maxRecipients of a message that is attempted at once, 1 to 1000
  public record EarlyDelivery(
      @DefaultValue("true") boolean enabled,
      @DefaultValue("5s") Duration budget,
      @DefaultValue("2s") Duration submissionBudget,
      @DefaultValue("100") int maxRecipients) {
    public EarlyDelivery {
      budget("budget", budget);
      budget("submission-budget", submissionBudget);
      between("early-delivery.max-recipients", maxRecipients, 1, 1000);
    }

    private static void budget(String key, Duration value) {
      if (value.compareTo(Duration.ofMillis(100)) < 0 || value.compareTo(MAX_BUDGET) > 0) {
        throw new SettingException("gatepost.edge.early-delivery." + key, value, "100ms to 20s");
      }
    }

    /// Holds all that a client may wait for behind its final dot against the time that it has.
    ///
    /// @param scan how long it waits for the scanner
    /// @param queue how long for the log
    void within(Duration scan, Duration queue) {
      Duration longer = budget.compareTo(submissionBudget) < 0 ? submissionBudget : budget;
      Duration left = FINAL_REPLY.minus(longer).minus(EarlyHandover.BESIDE_BUDGET).minus(scan);
      if (enabled && queue.compareTo(left) > 0) {
        throw new SettingException(
            "gatepost.edge.queue-timeout",
            queue,
            "with gatepost.edge.early-delivery, at most "
                + Math.max(0, left.toSeconds())
                + "s: clients wait ten minutes for the final reply, of which scan-timeout and"
                + " early-delivery may take the rest");
      }
    }

    EarlyHandover.Terms terms() {
      return new EarlyHandover.Terms(enabled, budget, submissionBudget, maxRecipients);
    }
  }

  /// The filter that changes messages, beside a listener of the role `reinjection`.
  ///
  /// @param address its IP address and port, `127.0.0.1:10024`; empty for none
  /// @param origins whose messages it is shown
  /// @param timeout how long a client waits until the filter has given its message back, 1s to 3m
  /// @param unavailable what becomes of a message when the filter cannot be reached
  public record Filter(
      @DefaultValue("") String address,
      @Name("for") @DefaultValue({"external", "internal"}) List<Origin> origins,
      @DefaultValue("60s") Duration timeout,
      @DefaultValue("defer") Unavailable unavailable) {

    private static final Pattern ADDRESS = Pattern.compile("\\[?([0-9a-fA-F.:]+?)]?:(\\d{1,5})");

    public Filter {
      if (timeout.compareTo(Duration.ofSeconds(1)) < 0
          || timeout.compareTo(Duration.ofMinutes(3)) > 0) {
        throw new SettingException("gatepost.edge.filter.timeout", timeout, "1s to 3m");
      }
      rule(address.strip(), origins, timeout, unavailable);
    }

    /// The rule; empty where there is no filter.
    Optional<FilterRule> rule() {
      return rule(address.strip(), origins, timeout, unavailable);
    }

    private static Optional<FilterRule> rule(
        String address, List<Origin> origins, Duration timeout, Unavailable unavailable) {
      if (address.isEmpty()) {
        return Optional.empty();
      }
      Matcher parts = ADDRESS.matcher(address);
      try {
        if (parts.matches()) {
          String host = InetAddress.ofLiteral(parts.group(1)).getHostAddress();
          FilterTerms terms = new FilterTerms(host, Integer.parseInt(parts.group(2)), timeout);
          return Optional.of(new FilterRule(terms, Set.copyOf(origins), unavailable));
        }
      } catch (IllegalArgumentException e) {
        throw notAnAddress(address);
      }
      throw notAnAddress(address);
    }

    private static SettingException notAnAddress(String address) {
      return new SettingException(
          "gatepost.edge.filter.address", address, "an IP address and port: 127.0.0.1:10024");
    }
  }

  /// Below the 30 s of a call between services.
  private static final Duration MAX_BUDGET = Duration.ofSeconds(20);

  /// RFC 5321 §4.5.3.2.6.
  private static final Duration FINAL_REPLY = Duration.ofMinutes(10);

  /// A client waits five minutes for a reply (RFC 5321 §4.5.3.2).
  private static final Duration MAX_DELAY = Duration.ofMinutes(1);

  private static void between(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw new SettingException("gatepost.edge." + key, value, least + " to " + most);
    }
  }

  private static void upToADay(String key, Duration value) {
    if (value.compareTo(Duration.ofSeconds(1)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
      throw new SettingException("gatepost.edge." + key, value, "1s to 1d");
    }
  }
}

package io.gatepost.edge;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.setting.OwnHostName;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.contract.setting.SettingUnavailableException;
import io.gatepost.edge.dnslist.ListJudge;
import io.gatepost.edge.intake.ContentRules.LongLines;
import io.gatepost.edge.listener.ListenAddress;
import io.gatepost.edge.policy.CheckName;
import io.gatepost.edge.policy.HeloSyntax.Strictness;
import io.gatepost.edge.policy.Networks;
import io.gatepost.edge.policy.PolicyRules;
import io.gatepost.edge.policy.SenderOwned;
import io.gatepost.edge.policy.SenderReachable;
import io.gatepost.edge.policy.TrustedNetworks;
import io.gatepost.edge.session.Mechanism;
import io.gatepost.edge.session.Role;
import io.gatepost.edge.tls.RelayCertificates;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// Settings of the SMTP conversation.
///
/// @param hostname what this host calls itself in greeting, EHLO and Received; by default the
///   machine's name
/// @param listen address and port of the MX listener, `127.0.0.1:2525`; port 0 is any free one
/// @param listeners more of them, with their roles
/// @param relayFrom networks whose clients may send anywhere
/// @param xclientFrom networks whose clients may say for whom they speak
/// @param proxyFrom networks whose clients begin with a PROXY header
/// @param maxMessageSize the largest message, 64 KB to 1 GB; beyond it `552 5.3.4`
/// @param maxRecipients recipients of one message, 100 to 2000, as their outcomes go into one
///   record; beyond it `452 4.5.3`
/// @param maxMessages messages of one session; beyond it `421 4.7.0`
/// @param maxMessagesPerMinute of one stranger's address or one user; 0 for no limit
/// @param maxConnections at a time; 0 for as many as the process may have open files, less 500
/// @param maxConnectionsPerAddress of one stranger's address
/// @param maxConnectionsPerNetwork of one network of strangers; 0 for no limit
/// @param maxMessagesPerMinutePerNetwork of one network of strangers; 0 for no limit
/// @param networkPrefix how large these networks are
/// @param tarpit how long refusals are held back from strangers
/// @param ban of clients that ask for many unknown users
/// @param postmaster who is meant by `RCPT TO:<postmaster>` without a domain (RFC 5321 §4.5.1); by
///   default the postmaster of the first local domain
/// @param inlineThreshold a message up to this size travels in the log record; beyond it in the
///   content store; 4 KB to 1 MB
/// @param contentMemory what all messages that are being received may take in memory together
/// @param maxHops Received fields of a message, 100 or more; beyond it `554 5.4.6`
/// @param longLines what is done with lines beyond 998 octets
/// @param maxErrors wrong commands after which a session is closed
/// @param maxUnknownCommands unknown ones
/// @param maxJunkCommands commands that bring no message on its way, such as NOOP and RSET, since
///   the last message that was accepted
/// @param maxRefusals names, senders and recipients refused for good after which a stranger's
///   session is closed
/// @param loggedRefusals refusals of a stranger's session that have a line each in the log; the
///   others are counted in one line at its end
/// @param greetPause how long the greeting is held back from strangers
/// @param heloSyntax whether a stranger must call itself by a domain or an address literal
/// @param heloSignatures path of the list of names that only abusers use; empty for none
/// @param exemptions path of the table of clients, senders and recipients that are exempt from
///   checks; empty for none
/// @param warnOnly names of checks whose refusals are logged and counted, and refuse nothing
/// @param idleTimeout how long a client may be silent between commands
/// @param dataTimeout how long it may be silent in a message
/// @param sessionTimeout how long a whole session may take
/// @param verifyTimeout how long a client waits for the answer to RCPT or AUTH
/// @param scanTimeout how long a client waits for the scanner
/// @param late how much may be accepted that the scanners could not look at
/// @param earlyDelivery whether messages are delivered before their clients have the reply
/// @param filter that changes messages before they are delivered
/// @param queueTimeout how long a client waits for the log; clients wait ten minutes themselves
/// @param drain how long transactions under way may go on when the process is told to stop, 0s to
///   5m; then `421 4.3.2`
/// @param authMechanisms those that are offered where there are credentials
/// @param userSenders whether authenticated users send from their own addresses only
/// @param senderDomain what becomes of a stranger's sender that no mail can be sent back to
/// @param dnsLists DNS lists that strangers are looked up in
/// @param dnsListThreshold from which sum of the weights of those that have a client on it is acted
///   upon
/// @param dnsListTimeout how long a stranger may have to wait for DNS lists since it has connected,
///   100ms to 30s
/// @param names whether the names of clients are asked for
/// @param nameTimeout how long the questions for a client's name may take, 100ms to 30s; nobody
///   waits for them
/// @param tls certificates
@ConfigurationProperties(prefix = "gatepost.edge", ignoreUnknownFields = false)
public record EdgeProperties(
    @DefaultValue("") String hostname,
    @DefaultValue("127.0.0.1:2525") String listen,
    @DefaultValue List<Listener> listeners,
    @DefaultValue({"127.0.0.0/8", "::1/128"}) List<String> relayFrom,
    @DefaultValue List<String> xclientFrom,
    @DefaultValue List<String> proxyFrom,
    @DefaultValue("50MB") DataSize maxMessageSize,
    @DefaultValue("1000") int maxRecipients,
    @DefaultValue("10000") int maxMessages,
    @DefaultValue("0") int maxMessagesPerMinute,
    @DefaultValue("0") int maxConnections,
    @DefaultValue("50") int maxConnectionsPerAddress,
    @DefaultValue("0") int maxConnectionsPerNetwork,
    @DefaultValue("0") int maxMessagesPerMinutePerNetwork,
    @DefaultValue GateProperties.NetworkPrefix networkPrefix,
    @DefaultValue GateProperties.Ban ban,
    @DefaultValue GateProperties.TarpitDelay tarpit,
    @DefaultValue("") String postmaster,
    @DefaultValue("64KB") DataSize inlineThreshold,
    @DefaultValue("64MB") DataSize contentMemory,
    @DefaultValue("100") int maxHops,
    @DefaultValue("accept") LongLines longLines,
    @DefaultValue("20") int maxErrors,
    @DefaultValue("10") int maxUnknownCommands,
    @DefaultValue("100") int maxJunkCommands,
    @DefaultValue("100") int maxRefusals,
    @DefaultValue("10") int loggedRefusals,
    @DefaultValue("0s") Duration greetPause,
    @DefaultValue("strict") Strictness heloSyntax,
    @DefaultValue("") String heloSignatures,
    @DefaultValue("") String exemptions,
    @DefaultValue List<String> warnOnly,
    @DefaultValue("5m") Duration idleTimeout,
    @DefaultValue("3m") Duration dataTimeout,
    @DefaultValue("1h") Duration sessionTimeout,
    @DefaultValue("20s") Duration verifyTimeout,
    @DefaultValue("30s") Duration scanTimeout,
    @DefaultValue GateProperties.Late late,
    @DefaultValue GateProperties.EarlyDelivery earlyDelivery,
    @DefaultValue GateProperties.Filter filter,
    @DefaultValue("5m") Duration queueTimeout,
    @DefaultValue("10s") Duration drain,
    @DefaultValue({"plain", "login"}) List<Mechanism> authMechanisms,
    @DefaultValue("own") SenderOwned.Rule userSenders,
    @DefaultValue("off") SenderReachable.Rule senderDomain,
    @DefaultValue List<DnsListSetting> dnsLists,
    @DefaultValue("1") int dnsListThreshold,
    @DefaultValue("3s") Duration dnsListTimeout,
    @DefaultValue("true") boolean names,
    @DefaultValue("3s") Duration nameTimeout,
    @DefaultValue Tls tls) {

  /// @param role what it is for
  /// @param listen address and port
  public record Listener(@Nullable Role role, @Nullable String listen) {}

  /// @param bundle name of an SSL bundle below `spring.ssl.bundle`; empty for a certificate that is
  ///   made here, `none` for no TLS
  /// @param sni bundles for the host names that clients ask for
  /// @param relayCertificates clients that may send anywhere, `sha256:…` or `subject:…`
  public record Tls(
      @DefaultValue("") String bundle,
      @DefaultValue Map<String, String> sni,
      @DefaultValue List<String> relayCertificates) {

    private static final String OFF = "none";

    public Tls {
      relays(relayCertificates);
      bundle = bundle.strip();
      if (!hasBundle(bundle) && !(sni.isEmpty() && relayCertificates.isEmpty())) {
        throw new SettingException(
            "gatepost.edge.tls.bundle",
            bundle,
            "the name of an SSL bundle, as sni or relay-certificates are set beside it");
      }
    }

    private static boolean hasBundle(String bundle) {
      return !bundle.isEmpty() && !bundle.equals(OFF);
    }

    /// Whether there is a certificate that somebody has set up: passwords are asked for over no
    /// other.
    boolean hasBundle() {
      return hasBundle(bundle);
    }

    /// Whether TLS is turned off.
    boolean isOff() {
      return bundle.equals(OFF);
    }

    /// The relays that are known by their certificates.
    RelayCertificates relays() {
      return relays(relayCertificates);
    }

    private static RelayCertificates relays(List<String> entries) {
      return RelayCertificates.parse("gatepost.edge.tls.relay-certificates", entries);
    }
  }

  public EdgeProperties {
    between("max-message-size", maxMessageSize, DataSize.ofKilobytes(64), DataSize.ofGigabytes(1));
    between("inline-threshold", inlineThreshold, DataSize.ofKilobytes(4), DataSize.ofMegabytes(1));
    between("content-memory", contentMemory, DataSize.ofMegabytes(1), DataSize.ofGigabytes(64));
    if (maxRecipients < 100 || maxRecipients > 2_000) {
      throw new SettingException("gatepost.edge.max-recipients", maxRecipients, "100 to 2000");
    }
    atLeast("max-messages", maxMessages, 1);
    atLeast("max-messages-per-minute", maxMessagesPerMinute, 0);
    atLeast("max-connections", maxConnections, 0);
    atLeast("max-connections-per-address", maxConnectionsPerAddress, 1);
    atLeast("max-connections-per-network", maxConnectionsPerNetwork, 0);
    atLeast("max-messages-per-minute-per-network", maxMessagesPerMinutePerNetwork, 0);
    atLeast("max-hops", maxHops, 100);
    atLeast("max-errors", maxErrors, 1);
    atLeast("max-unknown-commands", maxUnknownCommands, 1);
    atLeast("max-junk-commands", maxJunkCommands, 10);
    atLeast("max-refusals", maxRefusals, 1);
    atLeast("logged-refusals", loggedRefusals, 0);
    if (greetPause.isNegative() || greetPause.compareTo(MAX_GREET_PAUSE) > 0) {
      throw new SettingException("gatepost.edge.greet-pause", greetPause, "0s to 1m");
    }
    PolicyRules.warnOnly("gatepost.edge.warn-only", warnOnly);
    positive("idle-timeout", idleTimeout);
    positive("data-timeout", dataTimeout);
    positive("session-timeout", sessionTimeout);
    positive("verify-timeout", verifyTimeout);
    positive("scan-timeout", scanTimeout);
    positive("queue-timeout", queueTimeout);
    boolean isFiltered = filter.rule().isPresent();
    earlyDelivery.within(
        isFiltered ? scanTimeout.plus(filter.timeout()) : scanTimeout, queueTimeout);
    if (drain.isNegative() || drain.compareTo(MAX_DRAIN) > 0) {
      throw new SettingException("gatepost.edge.drain", drain, "0s to 5m");
    }
    DnsListSetting.read(DNS_LISTS, dnsLists);
    atLeast("dns-list-threshold", dnsListThreshold, 1);
    shortly("dns-list-timeout", dnsListTimeout);
    shortly("name-timeout", nameTimeout);
    hostname = OwnHostName.of(hostname).text();
    // Used when the listeners open, which is last; a mistake is to be named before anything starts.
    trustedNetworks(relayFrom, xclientFrom, proxyFrom);
    boolean takesBack =
        written(listen, listeners, tls).stream().anyMatch(each -> each.role() == Role.REINJECTION);
    if (isFiltered && !takesBack) {
      throw new SettingException(
          "gatepost.edge.filter.address",
          filter.address(),
          "a listener of the role reinjection beside it, in gatepost.edge.listeners");
    }
  }

  private static final String DNS_LISTS = "gatepost.edge.dns-lists";

  private static final Duration LEAST_QUESTION = Duration.ofMillis(100);
  private static final Duration LONGEST_QUESTION = Duration.ofSeconds(30);

  /// The operator who stops the process waits for it.
  private static final Duration MAX_DRAIN = Duration.ofMinutes(5);

  /// A client gives up on the greeting after 5 minutes (RFC 5321 §4.5.3.2.1), and some earlier.
  private static final Duration MAX_GREET_PAUSE = Duration.ofMinutes(1);

  /// Clients that are trusted by their address.
  TrustedNetworks trustedNetworks() {
    return trustedNetworks(relayFrom, xclientFrom, proxyFrom);
  }

  /// Checks whose refusals refuse nothing.
  Set<CheckName> checksThatWarnOnly() {
    return PolicyRules.warnOnly("gatepost.edge.warn-only", warnOnly);
  }

  private static TrustedNetworks trustedNetworks(
      List<String> relayFrom, List<String> xclientFrom, List<String> proxyFrom) {
    return new TrustedNetworks(
        Networks.parse("gatepost.edge.relay-from", relayFrom),
        Networks.parse("gatepost.edge.xclient-from", xclientFrom),
        Networks.parse("gatepost.edge.proxy-from", proxyFrom));
  }

  /// The DNS lists.
  ListJudge lists() {
    return new ListJudge(DnsListSetting.read(DNS_LISTS, dnsLists), dnsListThreshold);
  }

  /// The postmaster's address where the setting names it.
  Optional<ForwardPath> namedPostmaster() {
    return postmaster.isBlank() ? Optional.empty() : Optional.of(postmasterAddress(""));
  }

  /// Where to listen, the MX listener of `listen` first; throws [SettingUnavailableException] where
  /// a host's name has no address here.
  List<ListenAddress> listenAddresses() {
    return written(listen, listeners, tls).stream().map(EdgeProperties::resolved).toList();
  }

  /// Where to listen, as it was written: hosts are not looked up, as not every process that reads
  /// the settings is to listen there.
  private static List<ListenAddress> written(String listen, List<Listener> listeners, Tls tls) {
    List<ListenAddress> all = new ArrayList<>();
    all.add(written(Role.MX, "gatepost.edge.listen", listen));
    for (int i = 0; i < listeners.size(); i++) {
      String key = "gatepost.edge.listeners[" + i + "]";
      Role role = listeners.get(i).role();
      String text = listeners.get(i).listen();
      if (role == null) {
        throw new SettingException(key + ".role", "", "mx, submission, submissions or reinjection");
      }
      if (text == null) {
        throw notAnAddress(key + ".listen", "");
      }
      if (role.wantsAuthentication() && !tls.hasBundle()) {
        throw new SettingException(
            key, role, "mx or reinjection, as gatepost.edge.tls.bundle is not set");
      }
      all.add(written(role, key + ".listen", text));
    }
    return List.copyOf(all);
  }

  private static ListenAddress written(Role role, String key, String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, Math.max(0, colon)).replaceAll("^\\[|]$", "");
    try {
      if (!host.isEmpty()) {
        int port = Integer.parseInt(text.substring(colon + 1));
        return new ListenAddress(role, InetSocketAddress.createUnresolved(host, port), key);
      }
    } catch (IllegalArgumentException e) {
      throw notAnAddress(key, text);
    }
    throw notAnAddress(key, text);
  }

  private static ListenAddress resolved(ListenAddress written) {
    String host = written.address().getHostString();
    InetSocketAddress address = new InetSocketAddress(host, written.address().getPort());
    if (address.isUnresolved()) {
      throw new SettingUnavailableException(
          written.setting(),
          host + ":" + address.getPort(),
          "a host whose address can be looked up");
    }
    return new ListenAddress(written.role(), address, written.setting());
  }

  private static SettingException notAnAddress(String key, String text) {
    return new SettingException(key, text, "address:port such as 127.0.0.1:2525");
  }

  /// The postmaster's address; throws [SettingException] where the setting is none.
  ///
  /// @param domain whose postmaster it is where the setting does not say
  ForwardPath postmasterAddress(String domain) {
    try {
      return ForwardPath.listed(postmaster.isBlank() ? "postmaster@" + domain : postmaster);
    } catch (IllegalArgumentException e) {
      throw new SettingException(
          "gatepost.edge.postmaster", postmaster, "an address such as postmaster@example.test");
    }
  }

  private static void between(String key, DataSize value, DataSize least, DataSize most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new SettingException("gatepost.edge." + key, value, least + " to " + most);
    }
  }

  private static void atLeast(String key, int value, int least) {
    if (value < least) {
      throw new SettingException("gatepost.edge." + key, value, least + " or more");
    }
  }

  private static void shortly(String key, Duration value) {
    if (value.compareTo(LEAST_QUESTION) < 0 || value.compareTo(LONGEST_QUESTION) > 0) {
      throw new SettingException("gatepost.edge." + key, value, "100ms to 30s");
    }
  }

  private static void positive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new SettingException("gatepost.edge." + key, value, "a duration above zero");
    }
  }
}

package io.gatepost.routing.ldap;

import com.unboundid.ldap.sdk.ExtendedResult;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPoolHealthCheck;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.ServerSet;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.extensions.StartTLSExtendedRequest;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The servers of the directory: opens connections to the first that works. A server that has
/// failed is asked last for half a minute. A connection is there once the server has answered the
/// bind, so that one that only takes connections counts as failed.
///
/// Certificates are checked, and have to belong to the host's name or address.
final class DirectoryServers extends ServerSet {

  private static final Logger log = LoggerFactory.getLogger(DirectoryServers.class);

  /// The three small attributes of two entries need far less.
  private static final int MAX_MESSAGE_OCTETS = 1 << 20;

  private static final Duration PAUSE = Duration.ofSeconds(30);

  private final List<LdapServer> servers;
  private final Security security;
  private final Identity identity;
  private final Duration timeout;
  private final LongSupplier nanoTime;

  /// Until when each server is asked last.
  private final AtomicLongArray pausedUntil;

  /// How connections are protected.
  ///
  /// @param startTls whether TLS is started on connections that are not in TLS already
  /// @param context asked for each connection, so that renewed certificates count
  record Security(boolean startTls, Supplier<SSLContext> context) {}

  /// Who asks.
  ///
  /// @param dn empty for an anonymous client
  /// @param password asked for each connection, so that a new one counts
  record Identity(String dn, Supplier<String> password) {}

  /// @param timeout of each step that opens a connection: connect, TLS, bind
  DirectoryServers(
      List<LdapServer> servers,
      Security security,
      Identity identity,
      Duration timeout,
      LongSupplier nanoTime) {
    this.servers = List.copyOf(servers);
    this.security = security;
    this.identity = identity;
    this.timeout = timeout;
    this.nanoTime = nanoTime;
    this.pausedUntil = new AtomicLongArray(servers.size());
    for (int i = 0; i < servers.size(); i++) {
      pausedUntil.set(i, nanoTime.getAsLong());
    }
  }

  @Override
  public LDAPConnection getConnection() throws LDAPException {
    return getConnection(null);
  }

  @Override
  public LDAPConnection getConnection(@Nullable LDAPConnectionPoolHealthCheck healthCheck)
      throws LDAPException {
    LDAPException last = null;
    for (boolean paused : new boolean[] {false, true}) {
      long now = nanoTime.getAsLong();
      for (int i = 0; i < servers.size(); i++) {
        if (now - pausedUntil.get(i) < 0 != paused) {
          continue;
        }
        try {
          return open(servers.get(i), healthCheck);
        } catch (LDAPException e) {
          pausedUntil.set(i, nanoTime.getAsLong() + PAUSE.toNanos());
          log.debug("server={} cannot be used: {}", servers.get(i), e.getMessage());
          last = e;
        }
      }
      if (last != null && !paused && servers.size() == 1) {
        break; // it has just been asked
      }
    }
    throw last != null ? last : new LDAPException(ResultCode.CONNECT_ERROR, "no server");
  }

  private LDAPConnection open(
      LdapServer server, @Nullable LDAPConnectionPoolHealthCheck healthCheck) throws LDAPException {
    LDAPConnection connection =
        server.tls() ? new LDAPConnection(tlsSockets(), options()) : new LDAPConnection(options());
    try {
      connection.connect(server.host(), server.port());
      if (security.startTls() && !server.tls()) {
        startTls(connection);
      }
      bind(connection);
      if (healthCheck != null) {
        healthCheck.ensureNewConnectionValid(connection);
      }
      return connection;
    } catch (LDAPException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private SocketFactory tlsSockets() {
    return new TimedSockets(security.context().get().getSocketFactory(), timeout);
  }

  private void startTls(LDAPConnection connection) throws LDAPException {
    ExtendedResult result =
        connection.processExtendedOperation(new StartTLSExtendedRequest(security.context().get()));
    if (!result.getResultCode().equals(ResultCode.SUCCESS)) {
      throw new LDAPException(
          result.getResultCode(), "StartTLS refused: " + result.getDiagnosticMessage());
    }
  }

  /// An anonymous client binds too, as the answer shows that the server works.
  private void bind(LDAPConnection connection) throws LDAPException {
    connection.bind(
        identity.dn().isEmpty()
            ? new SimpleBindRequest()
            : new SimpleBindRequest(identity.dn(), identity.password().get()));
  }

  private LDAPConnectionOptions options() {
    LDAPConnectionOptions options = new LDAPConnectionOptions();
    options.setUseSynchronousMode(true); // no thread for each connection
    options.setConnectTimeoutMillis((int) Math.max(1, timeout.toMillis()));
    options.setResponseTimeoutMillis(Math.max(1, timeout.toMillis()));
    options.setFollowReferrals(false);
    options.setMaxMessageSize(MAX_MESSAGE_OCTETS);
    options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(true));
    return options;
  }
}

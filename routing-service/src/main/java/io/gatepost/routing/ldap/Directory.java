package io.gatepost.routing.ldap;

import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPSearchException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchScope;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/// Searches in the directory, each on its caller's thread, which waits for the answer. As many
/// callers as there are connections may search at a time. Referrals are not followed.
final class Directory implements AutoCloseable {

  /// Two entries are as wrong as a thousand.
  private static final int MAX_ENTRIES = 2;

  private static final Duration LONGEST_IDLE_CHECK = Duration.ofSeconds(30);

  private final LDAPConnectionPool pool;
  private final String base;
  private final SearchScope scope;

  /// Connects to nobody yet, so that the service starts while the directory is away.
  ///
  /// @param connections at a time, at most
  Directory(DirectoryServers servers, int connections, String base, SearchScope scope) {
    try {
      this.pool = new LDAPConnectionPool(servers, null, 0, connections);
    } catch (LDAPException e) {
      throw new IllegalStateException("a pool without connections", e); // none is made here
    }
    pool.setConnectionPoolName("gatepost-ldap");
    pool.setHealthCheckIntervalMillis(LONGEST_IDLE_CHECK.toMillis());
    this.base = base;
    this.scope = scope;
  }

  /// The directory of the settings.
  ///
  /// @param context of TLS, asked for each connection
  static Directory of(LdapProperties properties, Supplier<SSLContext> context) {
    DirectoryServers servers =
        new DirectoryServers(
            properties.servers(),
            new DirectoryServers.Security(properties.startTls(), context),
            new DirectoryServers.Identity(properties.bindDn(), properties.secret()),
            properties.timeout().dividedBy(properties.urls().size()), // so that one is left to ask
            System::nanoTime);
    SearchScope scope =
        switch (properties.scope()) {
          case BASE -> SearchScope.BASE;
          case ONE -> SearchScope.ONE;
          case SUB -> SearchScope.SUB;
        };
    return new Directory(servers, properties.slots(), properties.base(), scope);
  }

  /// The result of a search.
  ///
  /// @param entries at most two
  /// @param more whether there are more
  record Entries(List<? extends Entry> entries, boolean more) {}

  /// Searches for entries. A connection that turns out to be dead, as after a restart of the
  /// server, is replaced once; a new one is not.
  ///
  /// @param time for the answer of the server
  Entries search(Filter filter, String[] attributes, Duration time) throws LDAPException {
    SearchRequest request = new SearchRequest(base, scope, filter, attributes);
    request.setSizeLimit(MAX_ENTRIES);
    request.setTimeLimitSeconds((int) Math.max(1, time.toSeconds()));
    request.setResponseTimeoutMillis(Math.max(1, time.toMillis()));
    LDAPConnection connection = pool.getConnection();
    boolean isFresh = false;
    while (true) {
      try {
        Entries found = search(connection, request);
        pool.releaseConnection(connection);
        return found;
      } catch (LDAPSearchException e) {
        if (isFresh || !isDead(e.getResultCode())) {
          release(connection, e.getResultCode());
          throw e;
        }
      } catch (RuntimeException e) {
        pool.discardConnection(connection);
        throw e;
      }
      connection = pool.replaceDefunctConnection(connection);
      isFresh = true;
    }
  }

  /// A connection that cannot be used any more is not replaced before somebody needs one.
  private void release(LDAPConnection connection, ResultCode code) {
    if (code.isConnectionUsable()) {
      pool.releaseConnection(connection);
    } else {
      pool.discardConnection(connection);
    }
  }

  private static Entries search(LDAPConnection connection, SearchRequest request)
      throws LDAPSearchException {
    try {
      return new Entries(
          Objects.requireNonNull(connection.search(request).getSearchEntries()), false);
    } catch (LDAPSearchException e) {
      if (e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED) && e.getEntryCount() > 0) {
        return new Entries(Objects.requireNonNull(e.getSearchEntries()), true);
      }
      throw e;
    }
  }

  /// Whether the connection was lost; a server that is silent is not asked again.
  private static boolean isDead(ResultCode code) {
    return !code.isConnectionUsable() && !code.equals(ResultCode.TIMEOUT);
  }

  @Override
  public void close() {
    pool.close();
  }
}

package io.gatepost.routing.ldap;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NamedBy;
import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.routing.RouteRequest.Scope;
import io.gatepost.gate.Gate;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.chain.Query.HostQuery;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.testkit.peer.Slapd;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import reactor.core.publisher.Mono;

/// A source with settings as an operator writes them, and a DNS that knows all hosts but those of
/// `gone.test`.
final class LdapTrial implements AutoCloseable {

  static final Duration LONGEST = Duration.ofSeconds(30);
  static final DomainName OURSELVES = DomainName.of("mx.here.test");
  private static final String PREFIX = "gatepost.routing.ldap";

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final List<HostQuery> lookedUp = new ArrayList<>();
  final LdapSource source;
  final Gate gate;

  private LdapTrial(LdapProperties properties, Supplier<SSLContext> context) {
    gate = LdapSource.gate(properties);
    source = new LdapSource(properties, context, this::find, OURSELVES, gate, meters);
  }

  static LdapTrial of(Slapd slapd, String... changes) {
    return of(slapd, LdapTrial::noTls, changes);
  }

  static LdapTrial of(Slapd slapd, Supplier<SSLContext> context, String... changes) {
    return of(slapd.url(), context, changes);
  }

  /// @param changes `key=value`, below the source's prefix
  static LdapTrial of(String url, Supplier<SSLContext> context, String... changes) {
    Map<String, String> settings = new HashMap<>();
    settings.put("urls", url);
    settings.put("base", Slapd.BASE);
    settings.put("domains", "peer.test, other.test");
    for (String change : changes) {
      int sign = change.indexOf('=');
      settings.put(change.substring(0, sign), change.substring(sign + 1));
    }
    return new LdapTrial(bind(settings), context);
  }

  static LdapProperties bind(Map<String, String> settings) {
    Map<String, String> whole = new HashMap<>();
    settings.forEach((key, value) -> whole.put(PREFIX + '.' + key, value));
    return new Binder(new MapConfigurationPropertySource(whole))
        .bindOrCreate(PREFIX, Bindable.of(LdapProperties.class));
  }

  static RouteRequest request(String address) {
    return new RouteRequest(new ReversePath.Null(), ForwardPath.of(address), Scope.HOSTED);
  }

  RouterResult find(String address) {
    return find(request(address));
  }

  RouterResult find(RouteRequest request) {
    return Objects.requireNonNull(source.find(request).block(LONGEST));
  }

  double count(String result) {
    return meters.get("gatepost.routing.ldap.answers").tag("result", result).counter().count();
  }

  private Mono<HostLookup.Found> find(HostQuery query) {
    lookedUp.add(query);
    return Mono.just(
        switch (query) {
          case HostQuery.Host(var host, var port, var _) when host.text().endsWith("gone.test") ->
              new HostLookup.Found.Nowhere(Reason.UNROUTABLE_DOMAIN, Replies.unroutable(host));
          case HostQuery.Host(var host, var port, var namedBy) ->
              new HostLookup.Found.Hosts(smtp("smtp:[" + host + "]:" + port, host.text(), port));
          case HostQuery.MailExchange _ -> throw new AssertionError("no MX: " + query.words());
        });
  }

  static Destination.Smtp smtp(String name, String host, int port) {
    return new Destination.Smtp(
        name, NamedBy.OPERATOR, List.of(new Destination.NextHop(host, "192.0.2.7", port)));
  }

  private static SSLContext noTls() {
    throw new AssertionError("no TLS is configured");
  }

  @Override
  public void close() {
    source.close();
  }
}

package io.gatepost.routing;

import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.setting.FileWatch;
import io.gatepost.gate.Gate;
import io.gatepost.routing.chain.AddressSource;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.chain.MailboxFilter;
import io.gatepost.routing.chain.OwnHosts;
import io.gatepost.routing.chain.Router;
import io.gatepost.routing.chain.RoutingChain;
import io.gatepost.routing.dns.MailDns;
import io.gatepost.routing.sql.OtherDomains;
import io.gatepost.routing.sql.SqlConfiguration;
import io.gatepost.routing.sql.SqlProperties;
import io.gatepost.rpc.process.SuiteSettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.xbill.DNS.Cache;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.lookup.LookupSession;

/// Every part of routing-service and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({RoutingProperties.class, DnsProperties.class})
@Import({
  SuiteSettings.Bound.class,
  SqlConfiguration.class,
  LdapConfiguration.class,
  SieveConfiguration.class
})
public class RoutingConfiguration {

  private static final int MAX_CACHED_NAMES = 50_000;
  private static final int MAX_CACHED_SECONDS = 24 * 3_600;

  /// RFC 2308 §5 recommends one to three hours; less, as a new domain should not wait for long.
  private static final int MAX_NEGATIVE_SECONDS = 15 * 60;

  @Bean
  FileWatch tableWatch(MeterRegistry meters) {
    FileWatch watch = new FileWatch();
    Gauge.builder("gatepost.routing.tables.stale", watch, FileWatch::stale).register(meters);
    return watch;
  }

  @Bean
  RoutingTables routingTables(
      RoutingProperties properties, @Qualifier("tableWatch") FileWatch tableWatch) {
    return RoutingTables.follow(properties, tableWatch);
  }

  @Bean
  SqlProperties sqlProperties(RoutingProperties properties) {
    return properties.sql();
  }

  /// Domains that the tables name: the database is not asked of them before its own are known.
  @Bean
  OtherDomains tablesDomains(RoutingTables tables) {
    return tables::names;
  }

  @Bean
  Gate dnsGate(MeterRegistry meters) {
    Gate gate = MailDns.gate();
    Gauge.builder("gatepost.dns.running", gate, Gate::running).register(meters);
    return gate;
  }

  @Bean
  OwnHosts ownHosts(DnsProperties properties, SuiteSettings suite) {
    return properties.own(suite.hostname());
  }

  @Bean
  HostLookup hostLookup(
      DnsProperties properties, OwnHosts ownHosts, @Qualifier("dnsGate") Gate dnsGate)
      throws UnknownHostException {
    Cache cache = new Cache(DClass.IN);
    cache.setMaxEntries(MAX_CACHED_NAMES);
    cache.setMaxCache(MAX_CACHED_SECONDS);
    cache.setMaxNCache(MAX_NEGATIVE_SECONDS);
    LookupSession session =
        LookupSession.builder().resolver(resolver(properties)).cache(cache).build();
    return new MailDns(session, properties.timeout(), properties.hostRule(), ownHosts, dnsGate);
  }

  /// @param sql bean `sqlSource`, where a database is configured
  /// @param ldap bean `ldapSource`, where a directory is configured
  @Bean
  Sources routingSources(
      HostLookup hosts,
      @Qualifier("sqlSource") Optional<AddressSource> sql,
      @Qualifier("ldapSource") Optional<AddressSource> ldap) {
    return new Sources(hosts, sql, ldap);
  }

  /// @param filter bean of the users' scripts, where they are configured
  @Bean
  Routing routing(
      RoutingProperties properties,
      RoutingTables tables,
      Sources sources,
      Optional<MailboxFilter> filter,
      DnsProperties dns,
      OwnHosts ownHosts,
      MeterRegistry meters) {
    List<Router> routers =
        StandardRouters.inOrder(properties, tables, sources, dns.hostRule(), ownHosts);
    return new ChainRouting(
        new RoutingChain(routers, filter.orElse(MailboxFilter.NONE), sources, properties.timeout()),
        meters);
  }

  private static Resolver resolver(DnsProperties properties) throws UnknownHostException {
    List<Resolver> resolvers = new ArrayList<>();
    for (InetSocketAddress server : properties.addresses()) {
      resolvers.add(new SimpleResolver(server));
    }
    ExtendedResolver resolver =
        resolvers.isEmpty() ? new ExtendedResolver() : new ExtendedResolver(resolvers);
    resolver.setRetries(2);
    resolver.setTimeout(properties.timeout().dividedBy(2).plus(Duration.ofMillis(1)));
    return resolver;
  }
}

package io.gatepost.routing;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.setting.FileWatch;
import io.gatepost.dns.DnsConfiguration;
import io.gatepost.dns.DnsProperties;
import io.gatepost.dns.NameServers;
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
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// Every part of routing-service and what it is made of. Names the settings of the DNS as well as
/// its own: what a service is told is read here where nothing is started, as by `routes check`.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({RoutingProperties.class, DnsProperties.class})
@Import({
  SuiteSettings.Bound.class,
  DnsConfiguration.class,
  SqlConfiguration.class,
  LdapConfiguration.class,
  SieveConfiguration.class
})
public class RoutingConfiguration {

  @Bean
  FileWatch tableWatch(MeterRegistry meters) {
    FileWatch watch = new FileWatch();
    Gauge.builder("gatepost.routing.tables.stale", watch, FileWatch::stale).register(meters);
    return watch;
  }

  @Bean
  RoutingTables routingTables(
      RoutingProperties properties,
      @Qualifier("tableWatch") FileWatch tableWatch,
      MeterRegistry meters) {
    RoutingTables tables = RoutingTables.follow(properties, tableWatch);
    for (String key : tableWatch.keys()) {
      Gauge.builder("gatepost.routing.table.stale", tableWatch, each -> each.isStale(key) ? 1 : 0)
          .tag("table", key.substring(key.lastIndexOf('.') + 1))
          .description("1 while the newest version of the table is wrong or damaged")
          .register(meters);
    }
    return tables;
  }

  @Bean
  SqlProperties sqlProperties(RoutingProperties properties) {
    return properties.sql();
  }

  /// Domains that the tables name: the database is not asked of them before its own are known, and
  /// gets none of them.
  @Bean
  OtherDomains tablesDomains(RoutingTables tables) {
    return new OtherDomains() {
      @Override
      public boolean contains(DomainName domain) {
        return tables.names(domain);
      }

      @Override
      public boolean lists(DomainName domain) {
        return tables.lists(domain);
      }
    };
  }

  @Bean
  OwnHosts ownHosts(DnsProperties properties, SuiteSettings suite) {
    return MailHostRules.own(properties, suite.hostname());
  }

  @Bean
  HostLookup hostLookup(DnsProperties properties, NameServers nameServers, OwnHosts ownHosts) {
    return new MailDns(
        nameServers.cached(properties.timeout()), MailHostRules.hostRule(properties), ownHosts);
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
        StandardRouters.inOrder(properties, tables, sources, MailHostRules.hostRule(dns), ownHosts);
    return new ChainRouting(
        new RoutingChain(routers, filter.orElse(MailboxFilter.NONE), sources, properties.timeout()),
        meters);
  }
}

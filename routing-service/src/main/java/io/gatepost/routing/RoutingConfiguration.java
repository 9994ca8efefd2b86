package io.gatepost.routing;

import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.setting.FileWatch;
import io.gatepost.contract.setting.OwnHostName;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.chain.RoutingChain;
import io.gatepost.routing.dns.MailDns;
import io.gatepost.routing.table.Aliases;
import io.gatepost.routing.table.LocalDomains;
import io.gatepost.routing.table.Mailertable;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.xbill.DNS.Cache;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.lookup.LookupSession;

/// Every part of routing-service and what it is made of.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({RoutingProperties.class, DnsProperties.class})
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
    LocalDomains listed = LocalDomains.of(properties.localDomains(), properties.mailboxes());
    return new RoutingTables(
        table(tableWatch, "mailboxes-file", properties.mailboxesFile(), listed::with, listed),
        table(tableWatch, "aliases", properties.aliases(), Aliases::parse, Aliases.NONE),
        table(
            tableWatch,
            "mailertable",
            properties.mailertable(),
            Mailertable::parse,
            Mailertable.NONE));
  }

  private static <T> Supplier<T> table(
      FileWatch watch,
      String name,
      String path,
      BiFunction<String, List<String>, T> parser,
      T none) {
    String key = "gatepost.routing." + name;
    return path(key, path)
        .<Supplier<T>>map(file -> watch.follow(key, file, parser))
        .orElse(() -> none);
  }

  @Bean
  HostLookup hostLookup(
      DnsProperties properties,
      MeterRegistry meters,
      @Value("${gatepost.edge.hostname:}") String hostname)
      throws UnknownHostException {
    Cache cache = new Cache(DClass.IN);
    cache.setMaxEntries(MAX_CACHED_NAMES);
    cache.setMaxCache(MAX_CACHED_SECONDS);
    cache.setMaxNCache(MAX_NEGATIVE_SECONDS);
    LookupSession session =
        LookupSession.builder().resolver(resolver(properties)).cache(cache).build();
    MailDns dns =
        new MailDns(session, properties.timeout(), properties.hostRule(), OwnHostName.of(hostname));
    Gauge.builder("gatepost.dns.running", dns, MailDns::running).register(meters);
    return dns;
  }

  @Bean
  Routing routing(RoutingTables tables, DnsProperties dns, HostLookup hosts, MeterRegistry meters) {
    return new ChainRouting(
        new RoutingChain(StandardRouters.inOrder(tables, dns.hostRule()), hosts), meters);
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

  private static Optional<Path> path(String key, String text) {
    try {
      return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text.strip()));
    } catch (java.nio.file.InvalidPathException e) {
      throw new SettingException(key, text, "a path");
    }
  }
}

package io.gatepost.routing;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.setting.FileWatch;
import io.gatepost.dns.DnsProperties;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.chain.MailboxFilter;
import io.gatepost.routing.chain.RoutingChain;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/// The routing of one site as [RoutingConfiguration] makes it, from its settings and over a DNS of
/// the test's, without a context of its own: thousands are made in one test.
public final class SiteRouting {

  private SiteRouting() {}

  /// Reads the tables and returns the Routing port on them.
  ///
  /// @param settings as in a settings file
  public static Routing of(
      Map<String, String> settings, HostLookup dns, FileWatch watch, MeterRegistry meters) {
    Binder binder = new Binder(new MapConfigurationPropertySource(settings));
    RoutingProperties properties = binder.bindOrCreate("gatepost.routing", RoutingProperties.class);
    DnsProperties names = binder.bindOrCreate("gatepost.dns", DnsProperties.class);
    Sources sources = new Sources(dns);
    return new ChainRouting(
        new RoutingChain(
            properties
                .routerOrder()
                .arrange(
                    StandardRouters.configured(
                        RoutingTables.follow(properties, watch),
                        sources,
                        MailHostRules.hostRule(names),
                        MailHostRules.own(names, DomainName.of("mx.example")))),
            MailboxFilter.NONE,
            sources,
            properties.timeout()),
        meters);
  }
}

package io.gatepost.delivery;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.delivery.early.EarlyRules;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of deliveries that are made while the client waits.
///
/// @param domains other values for some domains, by their names, or by `.example.org` for all below
///   it
public record EarlyProperties(@DefaultValue Map<String, OfDomain> domains) {

  private static final String KEY = "gatepost.delivery.early.domains";
  private static final Duration LEAST = Duration.ofMillis(1);

  /// Values of one domain.
  ///
  /// @param enabled whether its mail is delivered while the client waits
  /// @param budget how long the client waits at most; absent for as long as for others
  public record OfDomain(@DefaultValue("true") boolean enabled, @Nullable Duration budget) {}

  public EarlyProperties {
    domains = Map.copyOf(domains);
    rules(domains);
  }

  /// The rules that they make.
  EarlyRules rules() {
    return rules(domains);
  }

  private static EarlyRules rules(Map<String, OfDomain> domains) {
    Map<String, Duration> budgets = new HashMap<>();
    domains.forEach((name, own) -> {
      Duration budget = own.budget();
      if (budget != null && budget.compareTo(LEAST) < 0) {
        throw new SettingException(
            KEY + "." + name + ".budget", budget, "1ms or more; enabled: false for none");
      }
      String domain = domain(name.strip());
      if (!own.enabled()) {
        budgets.put(domain, Duration.ZERO);
      } else if (budget != null) {
        budgets.put(domain, budget);
      } else {
        throw new SettingException(KEY + "." + name, "", "enabled: false, or a budget");
      }
    });
    return new EarlyRules(budgets);
  }

  private static String domain(String name) {
    boolean isBelow = name.startsWith(".");
    try {
      String text = DomainName.listed(isBelow ? name.substring(1) : name).text();
      return isBelow ? "." + text : text;
    } catch (IllegalArgumentException e) {
      throw new SettingException(KEY, name, "a domain, such as dept.example.org or .example.org");
    }
  }
}

package io.gatepost.routing.sql;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.setting.SettingException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of the SQL source. It is on with `enabled` or with a query, not with both.
///
/// @param enabled domains, mailboxes and aliases are in tables of our own
/// @param query a query of the operator's instead; empty for none
/// @param domains those that the query answers for
/// @param url the database that the query is asked of; empty for that of `spring.datasource`
/// @param username at that database
/// @param password at that database
/// @param slots questions that are asked at a time, 1 to 100
/// @param maxWait how long a question waits for its turn, 10ms to 30s
/// @param timeout how long the database may take to answer, 1s to 30s
/// @param cacheGood how long addresses that are known are remembered, at most 1h
/// @param cacheBad how long others are, at most 1h
public record SqlProperties(
    @DefaultValue("false") boolean enabled,
    @DefaultValue("") String query,
    @DefaultValue List<String> domains,
    @DefaultValue("") String url,
    @DefaultValue("") String username,
    @DefaultValue("") String password,
    @DefaultValue("8") int slots,
    @DefaultValue("3s") Duration maxWait,
    @DefaultValue("3s") Duration timeout,
    @DefaultValue("1s") Duration cacheGood,
    @DefaultValue("1s") Duration cacheBad) {

  static final String KEY = "gatepost.routing.sql";

  private static final int MOST_SLOTS = 100;
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Duration LONGEST_CACHED = Duration.ofHours(1);

  /// Throws [SettingException] for a value that cannot be used.
  public SqlProperties {
    if (enabled && !query.isBlank()) {
      throw refusal("query", query, "none beside enabled: true, as there is one source");
    }
    if (!query.isBlank()) {
      OwnQuery.check(KEY + ".query", query);
      if (domains.isEmpty()) {
        throw refusal("domains", "", "the domains that the query answers for");
      }
    } else {
      onlyWithQuery("url", url);
      onlyWithQuery("domains", String.join(",", domains));
    }
    if (!url.isBlank() && !url.startsWith("jdbc:postgresql:")) {
      throw refusal("url", url, "jdbc:postgresql://host/database");
    }
    if (url.isBlank() && !(username.isBlank() && password.isBlank())) {
      throw refusal("url", url, "the database to which username and password belong");
    }
    names(domains);
    if (slots < 1 || slots > MOST_SLOTS) {
      throw refusal("slots", slots, "1 to " + MOST_SLOTS);
    }
    between("max-wait", maxWait, Duration.ofMillis(10), LONGEST);
    between("timeout", timeout, Duration.ofSeconds(1), LONGEST);
    between("cache-good", cacheGood, Duration.ZERO, LONGEST_CACHED);
    between("cache-bad", cacheBad, Duration.ZERO, LONGEST_CACHED);
  }

  /// Returns whether there is a source at all.
  public boolean isOn() {
    return enabled || !query.isBlank();
  }

  /// Returns whether the database of `spring.datasource` is the one that is asked.
  public boolean isInSharedDatabase() {
    return isOn() && url.isBlank();
  }

  Set<DomainName> domainNames() {
    return names(domains);
  }

  /// Without the password.
  @Override
  public String toString() {
    return KEY + (enabled ? " with tables of its own" : " with the query " + query);
  }

  private static Set<DomainName> names(List<String> domains) {
    Set<DomainName> names = new HashSet<>();
    for (String domain : domains) {
      try {
        names.add(DomainName.listed(domain.strip()));
      } catch (IllegalArgumentException e) {
        throw refusal("domains", domain, "a domain such as example.test");
      }
    }
    return names;
  }

  private static void onlyWithQuery(String name, String value) {
    if (!value.isBlank()) {
      throw refusal(name, value, "none without a query");
    }
  }

  private static void between(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw refusal(name, value, least + " to " + most);
    }
  }

  private static SettingException refusal(String name, Object value, String expected) {
    return new SettingException(KEY + '.' + name, value, expected);
  }
}

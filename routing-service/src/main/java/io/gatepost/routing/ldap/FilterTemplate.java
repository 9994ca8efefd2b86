package io.gatepost.routing.ldap;

import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import io.gatepost.contract.setting.SettingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A search filter (RFC 4515) with placeholders in its assertion values. It is parsed once; values
/// take the place of placeholders in the parsed filter, so that no value can change its structure.
final class FilterTemplate {

  static final String ADDRESS = "address";
  static final String LOCAL = "local";
  static final String DOMAIN = "domain";
  static final String SENDER = "sender";

  private static final Set<String> NAMES = Set.of(ADDRESS, LOCAL, DOMAIN, SENDER);
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
  private static final String EXPECTED =
      "a filter such as (mail={address}), with at least one of {address}, {local} and {domain},"
          + " and perhaps {sender}, in its values";

  private final Filter filter;
  private final Set<String> used;

  private FilterTemplate(Filter filter, Set<String> used) {
    this.filter = filter;
    this.used = used;
  }

  /// Reads a template; throws [SettingException] where it is no filter, or has a placeholder that
  /// does not exist or outside of a value.
  static FilterTemplate parse(String key, String text) {
    Filter filter;
    try {
      filter = Filter.create(text.strip());
    } catch (LDAPException e) {
      throw new SettingException(key, text, EXPECTED);
    }
    List<String> values = new ArrayList<>();
    List<String> names = new ArrayList<>();
    read(filter, values, names);
    Set<String> used = new HashSet<>();
    values.forEach(
        value -> PLACEHOLDER.matcher(value).results().forEach(match -> used.add(match.group(1))));
    boolean known = NAMES.containsAll(used);
    boolean selects = used.contains(ADDRESS) || used.contains(LOCAL) || used.contains(DOMAIN);
    if (!known || !selects || names.stream().anyMatch(name -> name.indexOf('{') >= 0)) {
      throw new SettingException(key, text, EXPECTED);
    }
    return new FilterTemplate(filter, Set.copyOf(used));
  }

  /// Whether a placeholder stands in it.
  boolean uses(String name) {
    return used.contains(name);
  }

  /// The filter with a value for each placeholder.
  Filter with(Map<String, String> values) {
    return with(filter, values);
  }

  private static Filter with(Filter part, Map<String, String> values) {
    return switch (part.getFilterType()) {
      case Filter.FILTER_TYPE_AND -> Filter.createANDFilter(components(part, values));
      case Filter.FILTER_TYPE_OR -> Filter.createORFilter(components(part, values));
      case Filter.FILTER_TYPE_NOT ->
          Filter.createNOTFilter(with(Objects.requireNonNull(part.getNOTComponent()), values));
      case Filter.FILTER_TYPE_EQUALITY ->
          Filter.createEqualityFilter(name(part), value(part, values));
      case Filter.FILTER_TYPE_GREATER_OR_EQUAL ->
          Filter.createGreaterOrEqualFilter(name(part), value(part, values));
      case Filter.FILTER_TYPE_LESS_OR_EQUAL ->
          Filter.createLessOrEqualFilter(name(part), value(part, values));
      case Filter.FILTER_TYPE_APPROXIMATE_MATCH ->
          Filter.createApproximateMatchFilter(name(part), value(part, values));
      case Filter.FILTER_TYPE_SUBSTRING ->
          Filter.createSubstringFilter(
              name(part),
              filledOrNone(part.getSubInitialString(), values),
              Arrays.stream(part.getSubAnyStrings())
                  .map(value -> filled(value, values))
                  .toArray(String[]::new),
              filledOrNone(part.getSubFinalString(), values));
      case Filter.FILTER_TYPE_EXTENSIBLE_MATCH ->
          Filter.createExtensibleMatchFilter(
              part.getAttributeName(),
              part.getMatchingRuleID(),
              part.getDNAttributes(),
              value(part, values));
      default -> part; // presence, which has no value
    };
  }

  private static Filter[] components(Filter part, Map<String, String> values) {
    return Arrays.stream(part.getComponents())
        .map(component -> with(component, values))
        .toArray(Filter[]::new);
  }

  private static String name(Filter part) {
    return Objects.requireNonNull(part.getAttributeName());
  }

  private static String value(Filter part, Map<String, String> values) {
    return filled(Objects.requireNonNull(part.getAssertionValue()), values);
  }

  private static @Nullable String filledOrNone(
      @Nullable String template, Map<String, String> values) {
    return template == null ? null : filled(template, values);
  }

  /// In one pass: what a value holds is no placeholder.
  private static String filled(String template, Map<String, String> values) {
    return PLACEHOLDER
        .matcher(template)
        .replaceAll(
            match -> Matcher.quoteReplacement(values.getOrDefault(match.group(1), match.group())));
  }

  private static void read(Filter part, List<String> values, List<String> names) {
    add(part.getAttributeName(), names);
    add(part.getMatchingRuleID(), names);
    add(part.getAssertionValue(), values);
    add(part.getSubInitialString(), values);
    values.addAll(List.of(part.getSubAnyStrings()));
    add(part.getSubFinalString(), values);
    for (Filter component : part.getComponents()) {
      read(component, values, names);
    }
    if (part.getFilterType() == Filter.FILTER_TYPE_NOT) {
      read(Objects.requireNonNull(part.getNOTComponent()), values, names);
    }
  }

  private static void add(@Nullable String text, List<String> texts) {
    if (text != null) {
      texts.add(text);
    }
  }
}

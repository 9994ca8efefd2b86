package io.gatepost.routing.sql;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.LocalPart;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.chain.RoutingChain;
import io.gatepost.routing.lookup.LookupOrder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.transaction.support.TransactionOperations;

/// A query of the operator's. What clients write reaches it as parameters only, and with the quotes
/// that it needs: a query may put it into an address, and `"x@far.example,y"` must stay one local
/// part there. It is asked about an address as it is, then without its detail; the first column of
/// its rows counts.
final class OwnQuery implements AddressLookup {

  static final String ADDRESS = "address";
  static final String LOCAL = "local";
  static final String DOMAIN = "domain";
  static final String SENDER = "sender";

  /// One more than may be used.
  static final int MAX_ROWS = RoutingChain.MAX_LEGS + 1;

  private static final Set<String> NAMES = Set.of(ADDRESS, LOCAL, DOMAIN, SENDER);

  /// A name behind one colon; two are a cast. Strings and comments are left out first.
  private static final Pattern PARAMETER = Pattern.compile("(?<!:):([A-Za-z_][A-Za-z0-9_]*)");

  private static final Pattern NOT_CODE =
      Pattern.compile("'(?:[^']|'')*'|--[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);
  private static final Pattern QUESTION =
      Pattern.compile(
          "\\s*(select|with|table|values)\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private final String query;
  private final boolean usesSender;
  private final NamedParameterJdbcOperations jdbc;
  private final TransactionOperations transaction;

  /// @param transaction read-only and limited in time
  OwnQuery(String query, NamedParameterJdbcOperations jdbc, TransactionOperations transaction) {
    this.query = query;
    this.usesSender = hasParameter(query, SENDER);
    this.jdbc = jdbc;
    this.transaction = transaction;
  }

  /// Throws [SettingException] where a text is no query, asks for what there is not, or for nothing
  /// of the address.
  static void check(String key, String query) {
    String code = NOT_CODE.matcher(query).replaceAll(" ");
    if (!QUESTION.matcher(code).matches()) {
      throw new SettingException(key, query, "a query that begins with select or with");
    }
    Matcher matcher = PARAMETER.matcher(code);
    boolean asksForAddress = false;
    while (matcher.find()) {
      if (!NAMES.contains(matcher.group(1))) {
        throw new SettingException(
            key, ':' + matcher.group(1), ":address, :local, :domain or :sender");
      }
      asksForAddress |= !matcher.group(1).equals(SENDER);
    }
    if (!asksForAddress) {
      throw new SettingException(key, query, ":address, :local or :domain in it");
    }
  }

  @Override
  public boolean usesSender() {
    return usesSender;
  }

  @Override
  public RouterResult find(ForwardPath address, ReversePath sender) {
    String key = address.localPart().lookupKey();
    String bare = LookupOrder.withoutDetail(key);
    return Objects.requireNonNull(
        transaction.execute(_ -> {
          RouterResult found = ask(key, bare, address, sender);
          return found instanceof RouterResult.NoMatch && !bare.equals(key)
              ? ask(bare, bare, address, sender)
              : found;
        }));
  }

  private RouterResult ask(String local, String bare, ForwardPath address, ReversePath sender) {
    String domain = address.domain().text();
    String written = LocalPart.ofPlain(local).text();
    Map<String, String> parameters =
        Map.of(
            ADDRESS,
            written + '@' + domain,
            LOCAL,
            written,
            DOMAIN,
            domain,
            SENDER,
            sender.text().toLowerCase(Locale.ROOT));
    List<@Nullable String> values =
        jdbc.query(query, parameters, (row, _) -> row.getString(1)); // at most those of setMaxRows
    if (values.size() > RoutingChain.MAX_LEGS) {
      throw new UnusableRowException(
          "more than " + RoutingChain.MAX_LEGS + " rows (expected: fewer)");
    }
    return RowValue.result(
        values.stream()
            .filter(value -> value != null && !value.isBlank())
            .map(Objects::requireNonNull)
            .toList(),
        address,
        bare);
  }

  private static boolean hasParameter(String query, String name) {
    return PARAMETER
        .matcher(NOT_CODE.matcher(query).replaceAll(" "))
        .results()
        .anyMatch(found -> found.group(1).equals(name));
  }
}

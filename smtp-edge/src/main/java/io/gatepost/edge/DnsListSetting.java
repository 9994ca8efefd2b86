package io.gatepost.edge;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.edge.dnslist.CodeRange;
import io.gatepost.edge.dnslist.DnsList;
import io.gatepost.edge.dnslist.ListAction;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// One entry of `gatepost.edge.dns-lists`.
///
/// @param zone such as `zen.example`
/// @param weight 1 to 1000
/// @param codes the return codes that count, such as `127.0.0.2-127.0.0.11`; by default all of
///   127.0.0.0/8 but the lists' error codes
/// @param action what becomes of a client that is on the list
public record DnsListSetting(
    @DefaultValue("") String zone,
    @DefaultValue("1") int weight,
    @DefaultValue List<String> codes,
    @DefaultValue("refuse") ListAction action) {

  private static final int MAX_WEIGHT = 1000;

  /// More than that are a mistake, and each costs every new client a question.
  private static final int MAX_LISTS = 32;

  /// Reads all entries; throws [SettingException] that names the first which cannot be used.
  ///
  /// @param key of the entries
  static List<DnsList> read(String key, List<DnsListSetting> settings) {
    if (settings.size() > MAX_LISTS) {
      throw new SettingException(key, settings.size() + " lists", "at most " + MAX_LISTS);
    }
    List<DnsList> lists = new ArrayList<>();
    for (int i = 0; i < settings.size(); i++) {
      DnsListSetting setting = settings.get(i);
      String entry = key + "[" + i + "]";
      DnsList list = setting.read(entry);
      if (lists.stream().anyMatch(list::overlaps)) {
        throw new SettingException(
            entry + ".zone", setting.zone(), "each zone once, or with other codes");
      }
      lists.add(list);
    }
    return List.copyOf(lists);
  }

  private DnsList read(String entry) {
    if (weight < 1 || weight > MAX_WEIGHT) {
      throw new SettingException(entry + ".weight", weight, "1 to " + MAX_WEIGHT);
    }
    return new DnsList(
        domain(entry), weight, codes.stream().map(code -> range(entry, code)).toList(), action);
  }

  private DomainName domain(String entry) {
    try {
      DomainName domain = DomainName.listed(zone.strip());
      // The nibbles of an IPv6 address stand before it (RFC 5782 §2.4).
      if (!domain.isLiteral() && domain.text().length() <= MAX_ZONE) {
        return domain;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new SettingException(entry + ".zone", zone, "a domain such as zen.example");
  }

  /// A name of the DNS has 253 characters, 64 of them for the nibbles and their dots.
  private static final int MAX_ZONE = 253 - 64;

  private static CodeRange range(String entry, String code) {
    try {
      return CodeRange.parse(code);
    } catch (IllegalArgumentException e) {
      throw new SettingException(
          entry + ".codes",
          code,
          "codes in 127.0.0.0/8 without 127.255.255.x, such as 127.0.0.2-127.0.0.11");
    }
  }
}

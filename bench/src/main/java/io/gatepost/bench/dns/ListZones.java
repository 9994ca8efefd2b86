package io.gatepost.bench.dns;

import io.gatepost.bench.load.Addresses;
import io.gatepost.bench.load.Traffic;
import java.util.ArrayList;
import java.util.List;

/// Three DNS lists and the senders' domains, as one zone: [#NAME].
public final class ListZones {

  /// The lists in the order in which they are asked. Only the last one lists anybody: the addresses
  /// of [Addresses#listed].
  public static final List<String> ALL =
      List.of("a.lists.example", "b.lists.example", "c.lists.example");

  /// The zone that all of them are in.
  static final String NAME = "example.";

  /// The list that can be made to say nothing.
  static final String SILENT = ALL.get(1);

  /// A name that has an address for certain: the test entry of a list (RFC 5782 §5).
  static final String TEST_ENTRY = "2.0.0.127." + ALL.getLast();

  private static final List<String> HEAD =
      List.of(
          "$TTL 300",
          NAME + " SOA ns." + NAME + " postmaster." + NAME + " 1 3600 600 86400 300",
          NAME + " NS ns." + NAME,
          "ns." + NAME + " A 127.0.0.1",
          "*." + Traffic.SENDERS + ". MX 10 mx." + Traffic.SENDERS + ".",
          "mx." + Traffic.SENDERS + ". A 192.0.2.25",
          TEST_ENTRY + ". A 127.0.0.2");

  private ListZones() {}

  /// The zone's text (RFC 1035 §5). A name that it does not have does not exist.
  static List<String> text() {
    List<String> lines = new ArrayList<>(HEAD);
    String list = ALL.getLast();
    for (int octet = Addresses.FIRST_LISTED; octet <= Addresses.LAST_LISTED; octet++) {
      String below = "*." + octet + ".127." + list + ".";
      lines.add(below + " A 127.0.0.2");
      lines.add(below + " TXT \"Listed, see https://" + list + "/\"");
    }
    return lines;
  }
}

package io.gatepost.routing.lookup;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;

/// Index of a table's keys, known without a look-up: which kinds of wildcards there are, so that
/// others are not looked for, and which domains have entries, so that a table which cannot be read
/// any more costs its own domains only. Eight octets for each domain.
public final class KeyIndex {

  private static final long FNV_OFFSET = 0xcbf2_9ce4_8422_2325L;
  private static final long FNV_PRIME = 0x100_0000_01b3L;

  private final BitSet prefixes;
  private final boolean details;
  private final long[] domains;

  private KeyIndex(Builder builder) {
    this.prefixes = builder.prefixes;
    this.details = builder.details;
    this.domains = Arrays.copyOf(builder.domains, builder.distinct());
  }

  /// @param bareDomains whether keys without an `@` are domains
  static KeyIndex of(Collection<String> keys, boolean bareDomains) {
    Builder builder = new Builder(bareDomains);
    keys.forEach(builder::add);
    return builder.build();
  }

  /// The longest prefix of at most so many characters before which a `*` stands in some key; -1
  /// where there is none.
  int longestPrefix(int characters) {
    return prefixes.previousSetBit(characters);
  }

  /// Whether there may be keys with `++`.
  boolean hasDetails() {
    return details;
  }

  /// Whether there are entries for a domain or addresses in it; `.example` for those in all domains
  /// below `example`. A domain is taken for another with a probability of one in 2^40 in a table of
  /// 16 million domains.
  public boolean hasDomain(String domain) {
    return Arrays.binarySearch(domains, hash(domain, 0)) >= 0;
  }

  /// FNV-1a over the characters from a place on.
  private static long hash(String text, int from) {
    long hash = FNV_OFFSET;
    for (int i = from; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }

  /// Collects keys.
  static final class Builder {

    private final boolean bareDomains;
    private final BitSet prefixes = new BitSet();
    private boolean details;
    private long[] domains = new long[64];
    private int count;

    /// @param bareDomains whether keys without an `@` are domains
    Builder(boolean bareDomains) {
      this.bareDomains = bareDomains;
    }

    void add(String key) {
      int at = key.lastIndexOf('@');
      int end = at < 0 ? key.length() : at;
      if (end > 1 && key.charAt(end - 1) == '*') {
        prefixes.set(end - 1);
      }
      details |= end > 1 && key.startsWith("++", end - 2);
      if (at >= 0 || bareDomains) {
        addDomain(hash(key, at + 1));
      }
    }

    private void addDomain(long domain) {
      if (count == domains.length) {
        distinct();
        if (count > domains.length / 2) {
          domains = Arrays.copyOf(domains, domains.length * 2);
        }
      }
      domains[count++] = domain;
    }

    /// Sorts the domains and leaves each once; how many that are.
    private int distinct() {
      Arrays.sort(domains, 0, count);
      int kept = 0;
      for (int i = 0; i < count; i++) {
        if (i == 0 || domains[i] != domains[i - 1]) {
          domains[kept++] = domains[i];
        }
      }
      count = kept;
      return kept;
    }

    KeyIndex build() {
      return new KeyIndex(this);
    }
  }
}

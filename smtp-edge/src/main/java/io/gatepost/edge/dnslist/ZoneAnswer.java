package io.gatepost.edge.dnslist;

import java.util.List;

/// The answer of a zone about a client.
public sealed interface ZoneAnswer {

  /// It has the client.
  ///
  /// @param codes why, at least one
  record Listed(List<ReturnCode> codes) implements ZoneAnswer {
    public Listed {
      codes = List.copyOf(codes);
    }
  }

  /// It does not have the client.
  record Clear() implements ZoneAnswer {}

  /// It has answered with what no list says of a client, and counts as if it did not have it.
  ///
  /// @param code the first one that is wrong
  record Faulty(ReturnCode code) implements ZoneAnswer {}

  /// It has not answered in time, or was not asked.
  record Unknown() implements ZoneAnswer {}

  /// It may still answer.
  record Pending() implements ZoneAnswer {}

  Clear CLEAR = new Clear();
  Unknown UNKNOWN = new Unknown();
  Pending PENDING = new Pending();

  /// Reads the addresses that a zone has answered with. One that no list answers with spoils all of
  /// them: it comes from somebody who answers every question alike.
  public static ZoneAnswer of(List<ReturnCode> codes) {
    for (ReturnCode code : codes) {
      if (!code.isLoopback() || code.isError()) {
        return new Faulty(code);
      }
    }
    return codes.isEmpty() ? CLEAR : new Listed(codes);
  }
}

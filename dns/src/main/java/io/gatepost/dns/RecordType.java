package io.gatepost.dns;

import org.xbill.DNS.Type;

/// The types of records that Gatepost asks for.
public enum RecordType {
  A(Type.A),
  AAAA(Type.AAAA),
  MX(Type.MX),
  PTR(Type.PTR),
  TXT(Type.TXT);

  private final int code;

  RecordType(int code) {
    this.code = code;
  }

  /// The number on the wire.
  int code() {
    return code;
  }
}

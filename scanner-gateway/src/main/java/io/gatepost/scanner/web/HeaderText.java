package io.gatepost.scanner.web;

import java.nio.charset.StandardCharsets;

/// Values in the protocol's header fields: UTF-8, with a percent sign and two hexadecimal digits
/// for each octet that is no printable ASCII, and for percent sign and comma. So a value holds no
/// white space, and a comma stands between two values.
final class HeaderText {

  private static final String DIGITS = "0123456789ABCDEF";

  private HeaderText() {}

  static String escaped(String value) {
    StringBuilder text = new StringBuilder(value.length() + 8);
    for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
      if (octet > ' ' && octet < 0x7f && octet != '%' && octet != ',') {
        text.append((char) octet);
      } else {
        text.append('%').append(DIGITS.charAt(octet >> 4 & 0xf)).append(DIGITS.charAt(octet & 0xf));
      }
    }
    return text.toString();
  }
}

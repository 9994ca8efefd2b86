package io.gatepost.cli.send;

import java.util.ArrayList;
import java.util.List;

/// The addresses in a field such as `To`, or in an argument (RFC 5322 §3.4): display names,
/// comments, groups and routes are left out.
public final class AddressList {

  private final String text;
  private final List<String> addresses = new ArrayList<>();
  private final StringBuilder plain = new StringBuilder();
  private int at;

  private AddressList(String text) {
    this.text = text;
  }

  /// The addresses as they stand there, unchecked.
  public static List<String> of(String field) {
    AddressList list = new AddressList(field);
    list.read();
    return list.addresses;
  }

  private void read() {
    boolean angled = false;
    while (at < text.length()) {
      char c = text.charAt(at);
      switch (c) {
        case '(' -> skipComment();
        case '"' -> plain.append(quoted());
        case '<' -> {
          plain.setLength(0); // what came before is the name
          add(angled());
          angled = true;
        }
        case ',', ';' -> {
          if (!angled) {
            add(plain.toString());
          }
          plain.setLength(0);
          angled = false;
          at++;
        }
        case ':' -> {
          plain.setLength(0); // what came before is the group's name
          at++;
        }
        default -> {
          if (!Character.isWhitespace(c)) {
            plain.append(c);
          }
          at++;
        }
      }
    }
    if (!angled) {
      add(plain.toString());
    }
  }

  private void add(String address) {
    if (!address.isEmpty()) {
      addresses.add(address);
    }
  }

  /// Comments nest.
  private void skipComment() {
    int depth = 0;
    do {
      switch (text.charAt(at++)) {
        case '(' -> depth++;
        case ')' -> depth--;
        case '\\' -> at++;
        default -> {}
      }
    } while (depth > 0 && at < text.length());
  }

  private String quoted() {
    int start = at++;
    while (at < text.length() && text.charAt(at) != '"') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    at = Math.min(at + 1, text.length());
    return text.substring(start, at);
  }

  private String angled() {
    StringBuilder address = new StringBuilder();
    at++;
    while (at < text.length() && text.charAt(at) != '>') {
      char c = text.charAt(at);
      if (c == '"') {
        address.append(quoted());
      } else if (c == '(') {
        skipComment();
      } else {
        if (!Character.isWhitespace(c)) {
          address.append(c);
        }
        at++;
      }
    }
    at++;
    int route = address.indexOf("@") == 0 ? address.indexOf(":") : -1; // RFC 5322 §4.4
    return address.substring(route + 1);
  }
}

package io.gatepost.scanner.web;

import io.gatepost.scanner.scan.Scanner.Scope;
import io.gatepost.scanner.socket.ScannerHttp;
import java.util.Optional;

/// A scanner's facts about itself, in each verdict and when it is asked.
///
/// @param version of the scanner with its signatures or rules; empty: its verdicts are not kept
record About(Optional<String> version, Scope scope) {

  private static final int MAX_VERSION = 200;

  static About of(String scanner, ScannerHttp.Answer answer) {
    return of(Fields.of(scanner, answer));
  }

  static About of(Fields fields) {
    String scope = fields.text("scope", 20).orElse("message");
    return new About(
        fields.text("version", MAX_VERSION).filter(version -> !version.isBlank()),
        switch (scope) {
          case "message" -> Scope.MESSAGE;
          case "content" -> Scope.CONTENT;
          default -> throw fields.garbled("scope", "content or message");
        });
  }
}

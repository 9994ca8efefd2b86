package io.gatepost.bench;

/// Who looks at the mail of a run.
enum ScannerKind {
  NONE("no scanner"),
  /// Reads each message and finds it clean.
  NULL("null scanner"),
  CLAMD("clamd");

  private final String title;

  ScannerKind(String title) {
    this.title = title;
  }

  /// The form in tables.
  String title() {
    return title;
  }
}

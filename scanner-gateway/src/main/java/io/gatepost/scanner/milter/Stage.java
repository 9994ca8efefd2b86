package io.gatepost.scanner.milter;

import java.util.List;

/// The steps of a message, in order.
enum Stage {
  CONNECT(
      'C',
      Protocol.NOCONNECT,
      Protocol.NR_CONN,
      0,
      List.of(
          "j",
          "_",
          "{daemon_name}",
          "{daemon_addr}",
          "{daemon_port}",
          "v",
          "{client_name}",
          "{client_addr}",
          "{client_ptr}")),
  HELO('H', Protocol.NOHELO, Protocol.NR_HELO, 1, List.of("{tls_version}", "{cipher}")),
  MAIL(
      'M',
      Protocol.NOMAIL,
      Protocol.NR_MAIL,
      2,
      List.of("i", "{auth_type}", "{auth_authen}", "{mail_addr}", "{mail_host}")),
  RCPT('R', Protocol.NORCPT, Protocol.NR_RCPT, 3, List.of("i", "{rcpt_addr}", "{rcpt_host}")),
  DATA('T', Protocol.NODATA, Protocol.NR_DATA, 4, List.of("i")),
  HEADER('L', Protocol.NOHDRS, Protocol.NR_HDR, Stage.NONE, List.of()),
  END_OF_HEADER('N', Protocol.NOEOH, Protocol.NR_EOH, 6, List.of("i")),
  BODY('B', Protocol.NOBODY, Protocol.NR_BODY, Stage.NONE, List.of()),
  END_OF_MESSAGE('E', 0, 0, 5, List.of("i"));

  private static final int NONE = -1;

  private final char command;
  private final int skipped;
  private final int silent;
  private final int number;
  private final List<String> macros;

  /// @param skipped the bit of filters that do not want it
  /// @param silent the bit of filters that do not answer it
  /// @param number in a filter's list of macros
  /// @param macros of filters that have no list
  Stage(char command, int skipped, int silent, int number, List<String> macros) {
    this.command = command;
    this.skipped = skipped;
    this.silent = silent;
    this.number = number;
    this.macros = macros;
  }

  /// Its command.
  char command() {
    return command;
  }

  /// The names of macros that are sent before it where the filter does not say.
  List<String> macros() {
    return macros;
  }

  boolean isSkippedBy(int steps) {
    return (steps & skipped) != 0;
  }

  boolean isAnsweredBy(int steps) {
    return (steps & silent) == 0;
  }

  /// Whether macros are sent before it.
  boolean hasMacros() {
    return number != NONE;
  }

  /// Its number in a filter's list of macros.
  int number() {
    return number;
  }
}

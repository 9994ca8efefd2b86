package io.gatepost.scanner.milter;

/// Numbers of the protocol, by the names that `mfdef.h` and `mfapi.h` of libmilter have for them
/// without their prefixes.
final class Protocol {

  /// The version that is offered.
  static final int VERSION = 6;

  /// The oldest that is spoken.
  static final int OLDEST_VERSION = 2;

  /// The first that knows the command DATA.
  static final int VERSION_OF_DATA = 4;

  // Commands to the filter that are no [Stage].
  static final char OPTION_NEGOTIATION = 'O';
  static final char MACRO = 'D';
  static final char ABORT = 'A';
  static final char QUIT = 'Q';
  static final char QUIT_NEW_CONNECTION = 'K';

  // Actions: what a filter may ask for at the end of a message.
  static final int ADDHDRS = 0x1;
  static final int CHGBODY = 0x2;
  static final int ADDRCPT = 0x4;
  static final int DELRCPT = 0x8;
  static final int CHGHDRS = 0x10;
  static final int QUARANTINE = 0x20;
  static final int CHGFROM = 0x40;
  static final int ADDRCPT_PAR = 0x80;
  static final int SETSYMLIST = 0x100;

  /// The actions that are offered. The body and the envelope stay as they are.
  static final int ACTIONS = ADDHDRS | CHGHDRS | QUARANTINE | SETSYMLIST;

  /// The actions that are offered to a filter that may replace the body.
  static final int ACTIONS_WITH_BODY = ACTIONS | CHGBODY;

  // Steps: what a filter does not want to be told, and what it does not answer.
  static final int NOCONNECT = 0x1;
  static final int NOHELO = 0x2;
  static final int NOMAIL = 0x4;
  static final int NORCPT = 0x8;
  static final int NOBODY = 0x10;
  static final int NOHDRS = 0x20;
  static final int NOEOH = 0x40;
  static final int NR_HDR = 0x80;
  static final int NOUNKNOWN = 0x100;
  static final int NODATA = 0x200;
  static final int SKIP = 0x400;
  static final int RCPT_REJ = 0x800;
  static final int NR_CONN = 0x1000;
  static final int NR_HELO = 0x2000;
  static final int NR_MAIL = 0x4000;
  static final int NR_RCPT = 0x8000;
  static final int NR_DATA = 0x10000;
  static final int NR_UNKN = 0x20000;
  static final int NR_EOH = 0x40000;
  static final int NR_BODY = 0x80000;
  static final int HDR_LEADSPC = 0x100000;

  /// All steps of version 6. No unknown command is ever told, and no recipient that was refused: a
  /// message comes here after its end.
  static final int STEPS = 0x1fffff;

  /// Bits that libmilter keeps to itself, the size of packets among them.
  static final int INTERNAL = 0x70000000;

  private Protocol() {}
}

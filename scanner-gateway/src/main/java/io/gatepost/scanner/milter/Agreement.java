package io.gatepost.scanner.milter;

import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Terms agreed with a filter when its session began.
///
/// @param version of the protocol, 2 to 6
/// @param steps bits of [Protocol]: what it is not told, and what it does not answer
/// @param macros names by stage, where the filter has asked for some of its own
record Agreement(int version, int steps, Map<Stage, List<String>> macros) {

  Agreement {
    macros = Map.copyOf(macros);
  }

  private static final int FIXED = 12;

  private record Demand(int bit, String name) {}

  private static final List<Demand> NOT_OFFERED =
      List.of(
          new Demand(Protocol.CHGBODY, "another body (CHGBODY)"),
          new Demand(Protocol.ADDRCPT, "more recipients (ADDRCPT)"),
          new Demand(Protocol.ADDRCPT_PAR, "more recipients (ADDRCPT_PAR)"),
          new Demand(Protocol.DELRCPT, "fewer recipients (DELRCPT)"),
          new Demand(Protocol.CHGFROM, "another sender (CHGFROM)"));

  /// The offer, the first packet of a session.
  static Packet offer() {
    return offer(Protocol.ACTIONS);
  }

  /// The same with other actions.
  static Packet offer(int actions) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    Packet.writeInt(data, Protocol.VERSION);
    Packet.writeInt(data, actions);
    Packet.writeInt(data, Protocol.STEPS);
    return new Packet(Protocol.OPTION_NEGOTIATION, data.toByteArray());
  }

  /// Reads a filter's answer to the offer. Throws [ScannerFailedException] where it is none, and
  /// where the filter wants what is not offered.
  static Agreement of(Packet answer) {
    return of(answer, Protocol.ACTIONS);
  }

  /// The same.
  ///
  /// @param offered the actions of the offer
  static Agreement of(Packet answer, int offered) {
    ByteBuffer data = ByteBuffer.wrap(answer.data());
    if (answer.command() != Protocol.OPTION_NEGOTIATION || data.remaining() < FIXED) {
      throw new ScannerFailedException(
          Kind.GARBLED,
          "answered the offer with '%s' of %d octets (expected: 'O' of 12 or more)"
              .formatted(FilterReply.shown(answer.command()), data.remaining()));
    }
    int version = data.getInt();
    int actions = data.getInt();
    int steps = data.getInt() & ~Protocol.INTERNAL;
    if (version < Protocol.OLDEST_VERSION || version > Protocol.VERSION) {
      throw new ScannerFailedException(
          Kind.REFUSED, "speaks version " + version + " of the protocol (expected: 2 to 6)");
    }
    if ((actions & ~offered) != 0) {
      throw new ScannerFailedException(Kind.REFUSED, demands(actions & ~offered));
    }
    if ((steps & ~Protocol.STEPS) != 0) {
      throw new ScannerFailedException(
          Kind.REFUSED,
          "wants steps 0x%x (expected: some of 0x%x)".formatted(steps, Protocol.STEPS));
    }
    return new Agreement(version, steps, symbols(data));
  }

  /// Whether a stage's command is sent.
  boolean isWanted(Stage stage) {
    return !stage.isSkippedBy(steps)
        && (stage != Stage.DATA || version >= Protocol.VERSION_OF_DATA);
  }

  /// Whether values of fields keep the space after the colon.
  boolean keepsLeadingSpace() {
    return (steps & Protocol.HDR_LEADSPC) != 0;
  }

  /// Whether it may know SMFIC_QUIT_NC, by which a session goes on with another client.
  boolean knowsOtherClients() {
    return version >= Protocol.VERSION;
  }

  /// The names of macros to be sent before a stage.
  List<String> macrosOf(Stage stage) {
    return macros.getOrDefault(stage, stage.macros());
  }

  private static String demands(int actions) {
    List<String> names = new ArrayList<>();
    int left = actions;
    for (Demand each : NOT_OFFERED) {
      if ((actions & each.bit) != 0) {
        names.add(each.name);
        left &= ~each.bit;
      }
    }
    if (left != 0) {
      names.add("0x" + Integer.toHexString(left));
    }
    return "wants to make changes that are not made for filters: " + String.join(", ", names);
  }

  /// A stage's number, then names between spaces up to a NUL; as often as there are stages.
  private static Map<Stage, List<String>> symbols(ByteBuffer data) {
    Map<Stage, List<String>> all = new EnumMap<>(Stage.class);
    while (data.remaining() > Integer.BYTES) {
      int number = data.getInt();
      List<String> names = new ArrayList<>();
      for (String name : FilterReply.string(data).split("[ ,\t]+", -1)) {
        if (!name.isEmpty()) {
          names.add(Macros.canonical(name));
        }
      }
      for (Stage stage : Stage.values()) {
        if (stage.hasMacros() && stage.number() == number) {
          all.put(stage, List.copyOf(names));
        }
      }
    }
    return all;
  }
}

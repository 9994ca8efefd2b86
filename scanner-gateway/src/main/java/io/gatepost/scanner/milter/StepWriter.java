package io.gatepost.scanner.milter;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Recipient;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes the steps of one message for one filter. Macros go before their command in the same
/// write, also before a command that the filter does not want, as Sendmail and Postfix do it.
final class StepWriter {

  private static final byte[] NOTHING = new byte[0];

  private final Agreement agreement;
  private final Envelope envelope;
  private final Map<String, String> values;

  /// @param hostname this host's
  StepWriter(Agreement agreement, Envelope envelope, String hostname) {
    this.agreement = agreement;
    this.envelope = envelope;
    this.values = Macros.of(envelope, hostname);
  }

  /// The terms agreed with the filter.
  Agreement agreement() {
    return agreement;
  }

  /// All steps before the content. Recipients are told in the form that the client gave; where they
  /// are routed is in their macros.
  ///
  /// @param isKnown whether the filter has been told of the client already
  List<Step> beforeContent(boolean isKnown) {
    List<Step> steps = new ArrayList<>();
    if (!isKnown) {
      client(steps);
    }
    step(Stage.MAIL, sender()).ifPresent(steps::add);
    for (Recipient each : envelope.recipients()) {
      recipient(each).ifPresent(steps::add);
    }
    step(Stage.DATA, NOTHING).ifPresent(steps::add);
    return steps;
  }

  private void client(List<Step> steps) {
    Provenance from = envelope.provenance();
    step(Stage.CONNECT, connection(from)).ifPresent(steps::add);
    if (!from.helo().isEmpty()) {
      step(Stage.HELO, Packet.of(Stage.HELO.command(), from.helo()).data()).ifPresent(steps::add);
    }
  }

  /// A step; empty where there is nothing to be told.
  Optional<Step> step(Stage stage, byte[] data) {
    return step(stage, data, values, "");
  }

  private Optional<Step> step(
      Stage stage, byte[] data, Map<String, String> macroValues, String about) {
    boolean wanted = agreement.isWanted(stage);
    ByteArrayOutputStream wire = new ByteArrayOutputStream(2 * Packet.HEAD + 1 + data.length);
    if (stage.hasMacros()) {
      writeMacros(wire, stage, macroValues);
    }
    if (wanted) {
      new Packet(stage.command(), data).writeTo(wire);
    }
    return wire.size() == 0
        ? Optional.empty()
        : Optional.of(
            new Step(
                stage, wire.toByteArray(), wanted && stage.isAnsweredBy(agreement.steps()), about));
  }

  /// Adds those macros of a stage that there are values for; nothing where there are none.
  private void writeMacros(ByteArrayOutputStream wire, Stage stage, Map<String, String> known) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.write(stage.command());
    for (String name : agreement.macrosOf(stage)) {
      String value = known.get(name);
      if (value != null) {
        Packet.writeString(data, name);
        Packet.writeString(data, value);
      }
    }
    if (data.size() > 1) {
      new Packet(Protocol.MACRO, data.toByteArray()).writeTo(wire);
    }
  }

  /// The client's name, or its address in brackets; the family, the port, which is not known here
  /// and 0, and the address. A message of our own has no client: its family is unknown, which
  /// filters take for this host.
  private static byte[] connection(Provenance from) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    if (from.peer().isEmpty()) {
      Packet.writeString(data, "localhost");
      data.write('U');
      return data.toByteArray();
    }
    Packet.writeString(data, from.name().map(name -> name.text()).orElse("[" + from.peer() + "]"));
    data.write(from.peer().indexOf(':') < 0 ? '4' : '6');
    data.write(0);
    data.write(0);
    int zone = from.peer().indexOf('%');
    Packet.writeString(data, zone < 0 ? from.peer() : from.peer().substring(0, zone));
    return data.toByteArray();
  }

  /// The sender in angle brackets, and what the client said with it.
  private byte[] sender() {
    List<String> words = new ArrayList<>();
    words.add("<" + envelope.sender().text() + ">");
    words.add("SIZE=" + envelope.content().octets());
    switch (envelope.parameters().body()) {
      case SEVEN_BIT -> {}
      case EIGHT_BIT_MIME -> words.add("BODY=8BITMIME");
      case BINARY_MIME -> words.add("BODY=BINARYMIME");
    }
    if (envelope.parameters().addresses() != AddressForm.ASCII) {
      words.add("SMTPUTF8");
    }
    return Packet.of(Stage.MAIL.command(), words.toArray(String[]::new)).data();
  }

  private Optional<Step> recipient(Recipient recipient) {
    ForwardPath given = recipient.original();
    Map<String, String> known = new HashMap<>(values);
    known.putAll(Macros.ofRecipient(recipient.address()));
    return step(
        Stage.RCPT,
        Packet.of(Stage.RCPT.command(), "<" + given + ">").data(),
        known,
        given.toString());
  }
}

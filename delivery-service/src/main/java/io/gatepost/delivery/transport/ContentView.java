package io.gatepost.delivery.transport;

import io.gatepost.contract.content.OctetTransform;
import io.gatepost.contract.content.TransformChain;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.smtp.wire.Dots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/// The content of a message as it is given to somebody: the stored octets, changed while they
/// stream. The one place that says which changes are made, and in which order. Used again for each
/// reading.
public final class ContentView {

  private final List<Supplier<OctetTransform>> steps;

  /// How the receiver takes content.
  public enum Form {
    /// As it is stored: with the dots that make it transparent for DATA.
    WIRE,
    /// Without them: in chunks, and in files.
    PLAIN
  }

  private ContentView(List<Supplier<OctetTransform>> steps) {
    this.steps = steps;
  }

  /// The content of a message for a receiver.
  public static ContentView of(Envelope envelope, Form form) {
    List<Supplier<OctetTransform>> changes = changes(envelope);
    if (changes.isEmpty()) {
      return switch (form) {
        case WIRE -> new ContentView(List.of());
        case PLAIN -> new ContentView(List.of(Dots::removed));
      };
    }
    List<Supplier<OctetTransform>> steps = new ArrayList<>();
    steps.add(Dots::removed);
    steps.addAll(changes);
    if (form == Form.WIRE) {
      steps.add(Dots::doubled);
    }
    return new ContentView(steps);
  }

  /// The changes that are more than another form, in their order; each sees the message without the
  /// dots of transparency.
  private static List<Supplier<OctetTransform>> changes(Envelope envelope) {
    return List.of();
  }

  /// Whether the stored octets go out as they are.
  public boolean isUnchanged() {
    return steps.isEmpty();
  }

  /// What changes the stored octets; for one reading.
  public OctetTransform transform() {
    return TransformChain.of(steps.stream().map(Supplier::get).toList());
  }

  /// Content that lies in the record as the receiver gets it.
  public byte[] whole(byte[] wire) {
    if (isUnchanged()) {
      return wire;
    }
    OctetTransform transform = transform();
    byte[] first = transform.next(wire, 0, wire.length);
    byte[] rest = transform.end();
    if (rest.length == 0) {
      return first;
    }
    byte[] all = Arrays.copyOf(first, first.length + rest.length);
    System.arraycopy(rest, 0, all, first.length, rest.length);
    return all;
  }
}

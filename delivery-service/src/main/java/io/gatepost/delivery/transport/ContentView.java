package io.gatepost.delivery.transport;

import io.gatepost.contract.content.OctetTransform;
import io.gatepost.contract.content.TransformChain;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.smtp.content.HeaderEditing;
import io.gatepost.smtp.mime.Conversion;
import io.gatepost.smtp.mime.SevenBit;
import io.gatepost.smtp.wire.Dots;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The content of a message as it is given to somebody: the stored octets, changed while they
/// stream. The one place that says which changes are made, and in which order. Used again for each
/// reading.
public final class ContentView {

  private static final Logger log = LoggerFactory.getLogger(ContentView.class);

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
  ///
  /// @param conversion that the receiver needs
  public static ContentView of(Envelope envelope, Form form, Conversion conversion) {
    List<Supplier<OctetTransform>> steps = new ArrayList<>(0);
    if (!envelope.edits().isEmpty()) {
      steps.add(() ->
          new HeaderEditing(
              envelope.edits(),
              envelope.parameters().addresses(),
              () -> tellOfLargeHeader(envelope)));
    }
    List<Supplier<OctetTransform>> changes = changes(conversion);
    if (form == Form.PLAIN || !changes.isEmpty()) {
      steps.add(Dots::removed);
      steps.addAll(changes);
    }
    if (form == Form.WIRE && !changes.isEmpty()) {
      steps.add(Dots::doubled);
    }
    return new ContentView(steps);
  }

  /// The changes that are more than another form, in their order; each sees the message with its
  /// header edited, and without the dots of transparency.
  private static List<Supplier<OctetTransform>> changes(Conversion conversion) {
    return switch (conversion) {
      case NONE -> List.of();
      case SEVEN_BIT -> List.of(SevenBit::forDelivery);
    };
  }

  /// The beginning of a message's content with its header edited, in wire form: for those who only
  /// look at it. The same array where there are no edits.
  ///
  /// @param wire octets from the first on; all of them where the content lies in the record
  public static byte[] beginning(Envelope envelope, byte[] wire) {
    boolean isWhole = wire.length >= envelope.content().octets();
    return HeaderEditing.edited(
        envelope.edits(),
        envelope.parameters().addresses(),
        wire,
        isWhole,
        () -> tellOfLargeHeader(envelope));
  }

  /// Octets of a message's content as it goes out, in wire form. Of content that is not in memory
  /// they are estimated: it is not known before what the edits take out of it.
  public static long octets(EnvelopeRecord message) {
    Envelope envelope = message.envelope();
    return switch (envelope.content()) {
      case ContentRef.Inline _ ->
          of(envelope, Form.WIRE, Conversion.NONE).whole(message.content()).length;
      case ContentRef.Stored stored -> stored.octets() + inserted(envelope);
    };
  }

  private static long inserted(Envelope envelope) {
    return envelope.edits().list().stream()
        .filter(HeaderEdit.Insert.class::isInstance)
        .mapToLong(HeaderEdit::size)
        .sum();
  }

  private static void tellOfLargeHeader(Envelope envelope) {
    log.warn(
        "qid={} header of more than {} octets or {} fields: only new fields on top are made",
        envelope.id(),
        HeaderEditing.MAX_HEADER,
        HeaderEditing.MAX_FIELDS);
  }

  /// Whether the stored octets go out as they are.
  public boolean isUnchanged() {
    return steps.isEmpty();
  }

  /// Returns the change of the stored octets, for one reading.
  public OctetTransform transform() {
    return TransformChain.of(steps.stream().map(Supplier::get).toList());
  }

  /// Content that lies in the record as the receiver gets it.
  public byte[] whole(byte[] wire) {
    return isUnchanged() ? wire : transform().all(wire);
  }
}

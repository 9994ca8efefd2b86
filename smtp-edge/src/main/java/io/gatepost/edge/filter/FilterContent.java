package io.gatepost.edge.filter;

import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.envelope.Recipient;
import java.util.List;
import java.util.Optional;

/// The forms of a message before the filter, for it, and behind it.
final class FilterContent {

  private FilterContent() {}

  /// The message for the filter: with the changes that scanners ask for, and its token on top and
  /// as ENVID. It asks for no notices, as the message is not delivered there.
  static EnvelopeRecord shown(EnvelopeRecord message, String token) {
    Envelope envelope = message.envelope();
    MailParameters said = envelope.parameters();
    List<Recipient> recipients =
        envelope.recipients().stream()
            .map(each -> each.wanting(DsnParameters.OfRecipient.NONE))
            .toList();
    return new EnvelopeRecord(
        envelope
            .changed(
                envelope.content(),
                new MailParameters(
                    said.body(),
                    said.addresses(),
                    new DsnParameters.OfMessage(Optional.empty(), Optional.of(token))),
                withToken(envelope.edits(), token))
            .only(recipients),
        message.content());
  }

  /// Where the token has no room behind the others, the last of them are not made.
  private static HeaderEdits withToken(HeaderEdits edits, String token) {
    HeaderEdits mark = new HeaderEdits(List.of(HeaderEdit.Insert.onTop(Mark.FILTER_FIELD, token)));
    HeaderEdits all = edits.then(mark);
    return all.list().size() > edits.list().size() ? all : mark.then(edits);
  }

  /// The tokens that a message which is given back has: those of its header, else its ENVID. A
  /// filter that wraps the message in one of its own, as amavis does with what it warns of, does
  /// not pass on the header.
  static List<String> tokens(EnvelopeRecord back, List<String> inHeader) {
    return inHeader.isEmpty()
        ? back.envelope().parameters().dsn().envelopeId().map(List::of).orElse(List.of())
        : inHeader;
  }

  /// The message that goes on: the envelope of the original, with what the filter has given back.
  static EnvelopeRecord givenBack(EnvelopeRecord original, EnvelopeRecord back) {
    Envelope envelope = original.envelope();
    MailParameters said = envelope.parameters();
    MailParameters its = back.envelope().parameters();
    return new EnvelopeRecord(
        envelope.changed(
            back.envelope().content(),
            new MailParameters(
                body(said.body(), its.body()),
                wider(said.addresses(), its.addresses()),
                said.dsn()),
            new HeaderEdits(List.of(new HeaderEdit.Remove(Mark.FILTER_FIELD, 1)))),
        back.content());
  }

  /// Binary content is never given back as text under that name, and a filter may forget to say
  /// that there are eight bits.
  private static BodyType body(BodyType said, BodyType its) {
    return its == BodyType.SEVEN_BIT && said != BodyType.SEVEN_BIT ? BodyType.EIGHT_BIT_MIME : its;
  }

  private static AddressForm wider(AddressForm one, AddressForm other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  /// The message that goes on without the filter, which says so.
  static EnvelopeRecord unfiltered(EnvelopeRecord message) {
    Envelope envelope = message.envelope();
    HeaderEdits note =
        new HeaderEdits(
            List.of(HeaderEdit.Insert.onTop(Mark.SCAN_FIELD, "filter failed not reached")));
    return new EnvelopeRecord(envelope.scanned(note, envelope.scan()), message.content());
  }
}

package io.gatepost.contract.wire;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Covered;
import io.gatepost.contract.envelope.DsnParameters;
import io.gatepost.contract.envelope.DsnParameters.Notify;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.MailParameters;
import io.gatepost.contract.envelope.MailParameters.AddressForm;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.envelope.ScanState;
import io.gatepost.contract.event.LogBounds;
import io.gatepost.contract.event.OutcomeRecord;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.queue.Conclusion;
import io.gatepost.contract.queue.Finding;
import io.gatepost.contract.queue.GroupMember;
import io.gatepost.contract.queue.PutAside;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.scanning.ScannerResult;
import io.gatepost.contract.scanning.ScannerResult.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The records that the wire tests write and read.
final class Examples {

  static final QueueId ID = QueueId.of("0123456789abcdefg00");
  static final Instant ARRIVED = Instant.parse("2026-01-02T03:04:05.678901234Z");
  private static final byte[] CONTENT =
      "Subject: hello\r\n\r\n..dots\r\n".getBytes(StandardCharsets.US_ASCII);

  private Examples() {}

  static ForwardPath address(String text) {
    return ForwardPath.of(text);
  }

  /// One recipient, nothing asked for, content inside: nearly every message.
  static EnvelopeRecord plainMessage() {
    return new EnvelopeRecord(
        new Envelope(
            ID,
            0,
            0,
            ARRIVED,
            ReversePath.of("ann@sender.example"),
            List.of(Recipient.of(address("bob@dest.example"))),
            new Provenance(
                "192.0.2.7",
                "192.0.2.1:25",
                "mail.sender.example",
                Optional.empty(),
                Optional.empty(),
                Provenance.Protocol.ESMTP,
                Provenance.Origin.EXTERNAL),
            MailParameters.NONE,
            new ContentRef.Inline(CONTENT.length)),
        CONTENT);
  }

  /// A message that checks of the edge have marked.
  static EnvelopeRecord markedMessage() {
    Envelope plain = plainMessage().envelope();
    return new EnvelopeRecord(
        new Envelope(
            ID,
            0,
            0,
            ARRIVED,
            plain.sender(),
            plain.recipients(),
            plain
                .provenance()
                .marked(
                    List.of(
                        new Mark("dns-lists", "zen.example"),
                        new Mark("sender-domain", "invalid_sender sender.example"))),
            MailParameters.NONE,
            plain.content()),
        CONTENT);
  }

  /// A message whose header is changed for those who get it, and which owes a scan.
  static EnvelopeRecord editedMessage() {
    return new EnvelopeRecord(
        plainMessage()
            .envelope()
            .scanned(
                new HeaderEdits(
                    List.of(
                        HeaderEdit.Insert.onTop("Gatepost-Scan", "spam suspect 5.1"),
                        HeaderEdit.Insert.atEnd("X-Folded", "one\n two \u00fc"),
                        new HeaderEdit.Replace("Subject", -1, "[spam] hello"),
                        new HeaderEdit.Remove("X-Spam-Flag", 0))),
                ScanState.OWED),
        CONTENT);
  }

  /// A message of a client whose name leads back to its address.
  static EnvelopeRecord namedMessage() {
    Envelope plain = plainMessage().envelope();
    return new EnvelopeRecord(
        new Envelope(
            ID,
            0,
            0,
            ARRIVED,
            plain.sender(),
            plain.recipients(),
            plain.provenance().named(DomainName.of("mail7.sender.example")),
            MailParameters.NONE,
            plain.content()),
        CONTENT);
  }

  /// Everything that can be said.
  static EnvelopeRecord fullMessage() {
    return new EnvelopeRecord(
        new Envelope(
            ID,
            3,
            2,
            ARRIVED,
            ReversePath.of("\"ann \\\"q\\\" lee\"@sender.example"),
            List.of(
                new Recipient(
                    address("bob@dest.example"),
                    address("list@here.example"),
                    new DsnParameters.OfRecipient(
                        Set.of(Notify.FAILURE, Notify.DELAY),
                        Optional.of("rfc822;list@here.example"))),
                new Recipient(
                    address("eve@[ipv6:2001:db8::1]"),
                    address("eve@[ipv6:2001:db8::1]"),
                    new DsnParameters.OfRecipient(Set.of(Notify.NEVER), Optional.empty()))),
            new Provenance(
                "2001:db8::7",
                "[2001:db8::1]:465",
                "mail.sender.example",
                Optional.of("TLSv1.3 TLS_AES_256_GCM_SHA384"),
                Optional.of("ann"),
                Provenance.Protocol.UTF8SMTPSA,
                Provenance.Origin.INTERNAL),
            new MailParameters(
                BodyType.EIGHT_BIT_MIME,
                AddressForm.UTF8,
                new DsnParameters.OfMessage(
                    Optional.of(DsnParameters.Return.HDRS), Optional.of("QQ314159"))),
            new ContentRef.Stored(ID, 12_345_678_901L, "0123456789abcdef".repeat(4))),
        new byte[0]);
  }

  /// A notice of our own: null reverse-path, no peer.
  static EnvelopeRecord notice() {
    byte[] content = "Subject: failed\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    return new EnvelopeRecord(
        new Envelope(
            ID.notice(3),
            0,
            0,
            ARRIVED,
            ReversePath.of(""),
            List.of(Recipient.of(address("ann@sender.example"))),
            Provenance.local(),
            MailParameters.NONE,
            new ContentRef.Inline(content.length)),
        content);
  }

  static OutcomeRecord deliveredAtOnce() {
    return new OutcomeRecord.Ended(
        ID,
        0,
        List.of(
            new RecipientOutcome.Delivered(
                Recipient.of(address("bob@dest.example")),
                "mx.dest.example[192.0.2.9]:25",
                Reply.of(250, "2.0.0", "Ok: queued as 4Xy"))));
  }

  static OutcomeRecord progress() {
    Recipient list =
        new Recipient(
            address("bob@dest.example"),
            address("list@here.example"),
            new DsnParameters.OfRecipient(Set.of(Notify.SUCCESS), Optional.of("rfc822;x@y")));
    return new OutcomeRecord.Progress(
        ID,
        2,
        List.of(
            new RecipientOutcome.Delivered(
                list, "maildir:bob@dest.example", Reply.plain(250, "first \"line\"", "second")),
            new RecipientOutcome.Failed(
                Recipient.of(address("eve@dest.example")),
                Reason.NEXT_HOP_REFUSED,
                Reply.of(550, "5.1.1", "No such user")),
            new RecipientOutcome.Deferred(
                Recipient.of(address("pat@dest.example")),
                Reason.UNREACHABLE,
                Reply.of(451, "4.4.1", "No answer"))));
  }

  /// A deferral with a replacement and a notice.
  static Conclusion conclusion() {
    EnvelopeRecord plain = plainMessage();
    return new Conclusion(
        ID,
        0,
        progress().outcomes(),
        Optional.of(
            new Conclusion.Retry(
                new EnvelopeRecord(
                    plain.envelope().deferred(plain.envelope().recipients()), plain.content()),
                Conclusion.Wait.BUSY,
                Optional.of("mx:dest.example"))),
        List.of(notice()),
        Optional.of(new GroupMember("member-1", Optional.of("gatepost.delivery.0"), 7)));
  }

  /// A message for the quarantine, of two scanners.
  static PutAside putAside() {
    return new PutAside(
        plainMessage(),
        new Finding(
            "spam suspect: \"6.1\" points",
            List.of(
                new ScannerResult(
                    "virus", Outcome.CLEAN, Optional.empty(), "", Duration.ofMillis(3), true),
                new ScannerResult(
                    "spam",
                    Outcome.SUSPECT,
                    Optional.of(6.1),
                    "BAYES_99",
                    Duration.ofMillis(250),
                    false))));
  }

  /// The end of a message without anything left over.
  static Conclusion bareConclusion() {
    return new Conclusion(ID, 1, List.of(), Optional.empty(), List.of(), Optional.empty());
  }

  /// An end that says where its records stand, and of a success who tells of it.
  static OutcomeRecord located() {
    return new OutcomeRecord.Ended(
        ID,
        0,
        List.of(
            new RecipientOutcome.Delivered(
                Recipient.of(address("bob@dest.example")),
                "maildir:bob@dest.example",
                Reply.of(250, "2.0.0", "Ok"),
                RecipientOutcome.Handover.MAILBOX)),
        Optional.of(new LogBounds(124, 57)));
  }

  /// An end of a message that the recipient's user has thrown away.
  static OutcomeRecord discarded() {
    return new OutcomeRecord.Ended(
        ID,
        0,
        List.of(
            new RecipientOutcome.Discarded(
                Recipient.of(address("bob@dest.example")), "discard:bob@dest.example")));
  }

  /// A message that knows whom others cover.
  static EnvelopeRecord part() {
    EnvelopeRecord plain = plainMessage();
    Recipient list = Recipient.of(address("list@here.example"));
    return new EnvelopeRecord(
        plain
            .envelope()
            .part(
                ID.part(2),
                List.of(list),
                Covered.NOBODY.plus(List.of(list.member(address("bob@dest.example"))))),
        plain.content());
  }
}

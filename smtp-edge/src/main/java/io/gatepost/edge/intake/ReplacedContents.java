package io.gatepost.edge.intake;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.scanning.Replacement;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.edge.policy.FailurePolicy;
import io.gatepost.edge.policy.Verdict;
import io.gatepost.edge.session.ClientClass;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// Content that scanners put in place of a message's (requirement E31): pulled from the
/// scanner-gateway, and kept as what a client sends is, in memory up to the inline threshold, else
/// in the content store under a key of its own. Nothing is synced. No result of this class is a
/// failed [Mono]: where the content cannot be had the client is to come again.
public final class ReplacedContents {

  private static final Logger log = LoggerFactory.getLogger(ReplacedContents.class);
  private static final byte[] NOTHING = new byte[0];

  private final Scanning scanning;
  private final Queue queue;
  private final ContentMemory memory;
  private final ContentRules rules;

  public ReplacedContents(
      Scanning scanning, Queue queue, ContentMemory memory, ContentRules rules) {
    this.scanning = scanning;
    this.queue = queue;
    this.memory = memory;
    this.rules = rules;
  }

  /// Gives the message with the other content, or why it is refused. May be cancelled: nothing of
  /// the other content is kept then. The message's own is left as it is.
  ///
  /// @param within how long the client can wait until the content is where it is kept
  /// @param contents drops what nobody needs
  Mono<ContentVerdict> taken(
      EnvelopeRecord message, Replacement replacement, Duration within, StoredContents contents) {
    Envelope envelope = message.envelope();
    Mono<ContentVerdict> all =
        pulled(envelope, replacement).flatMap(received -> kept(envelope, received, contents));
    return Deadline.within(within, all)
        .onErrorResume(error -> refused(FailurePolicy.scannerFailed(error)))
        .doOnNext(verdict -> told(envelope, replacement, verdict));
  }

  private Mono<ReceivedContent> pulled(Envelope envelope, Replacement replacement) {
    return Mono.create(sink -> {
      ReplacementReader reader =
          new ReplacementReader(
              onDrained ->
                  ContentReceiver.replacing(
                      envelope.id().replaced(),
                      envelope.parameters().body(),
                      queue,
                      memory,
                      rules,
                      clientClass(envelope),
                      onDrained),
              replacement.octets(),
              sink);
      sink.onCancel(reader::giveUp);
      scanning.replacement(replacement.token()).subscribe(reader);
    });
  }

  private Mono<ContentVerdict> kept(
      Envelope envelope, ReceivedContent received, StoredContents contents) {
    return switch (received) {
      case ReceivedContent.Refused(var verdict) -> refused(ofFilter(verdict));
      case ReceivedContent.InMemory(var octets) ->
          Mono.just(clean(envelope.withContent(new ContentRef.Inline(octets.length)), octets));
      case ReceivedContent.Streamed(var stored) ->
          stored
              .map(content -> clean(envelope.withContent(content), NOTHING))
              .onErrorResume(error -> refused(FailurePolicy.contentStoreFailed(error)))
              .doOnCancel(() -> contents.drop(envelope.id().replaced()).subscribe());
    };
  }

  private static ContentVerdict clean(Envelope envelope, byte[] octets) {
    return new ContentVerdict.Clean(new EnvelopeRecord(envelope, octets));
  }

  private static Mono<ContentVerdict> refused(Verdict.Refuse verdict) {
    return Mono.just(new ContentVerdict.Refused(verdict));
  }

  /// The client has sent nothing wrong: whoever runs the filter has to look at it.
  private static Verdict.Refuse ofFilter(Verdict.Refuse verdict) {
    return verdict.reason() == Reason.NO_SPACE
        ? verdict
        : new Verdict.Refuse(Reason.CONTENT_DEFERRED, Replies.SCANNER_UNAVAILABLE);
  }

  private static void told(Envelope envelope, Replacement replacement, ContentVerdict verdict) {
    if (verdict instanceof ContentVerdict.Clean(var changed)) {
      log.info(
          "qid={} content replaced octets={} was={}",
          envelope.id(),
          changed.envelope().content().octets(),
          envelope.content().octets());
    } else {
      log.warn(
          "qid={} the content of {} octets that was to replace the message's is not taken: {}",
          envelope.id(),
          replacement.octets(),
          verdict);
    }
  }

  private static ClientClass clientClass(Envelope envelope) {
    return envelope.provenance().origin() == Origin.INTERNAL
        ? ClientClass.OWN
        : ClientClass.STRANGER;
  }
}

package io.gatepost.scanner.schedule;

import io.gatepost.contract.rpc.Known;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.scanner.cache.ContentDigest;
import io.gatepost.scanner.cache.MessageDigests;
import io.gatepost.scanner.plan.MailClass;
import io.gatepost.scanner.scan.ScanJob;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/// One message that several scanners are asked about: its digest is made once, and only where one
/// of them wants it.
public final class ScanQuestion {

  private final ScanJob job;
  private final MailClass mailClass;
  private final ScanTerms terms;
  private final MessageDigests digests;
  private @Nullable Mono<Optional<ContentDigest>> digest;

  public ScanQuestion(ScanJob job, MailClass mailClass, ScanTerms terms, MessageDigests digests) {
    this.job = job;
    this.mailClass = mailClass;
    this.terms = terms;
    this.digests = digests;
  }

  public ScanJob job() {
    return job;
  }

  public MailClass mailClass() {
    return mailClass;
  }

  /// Octets of the content, dots doubled.
  long octets() {
    return job.content().atMost();
  }

  /// Whether whoever asked makes use of content that takes the place of the message's.
  public boolean mayBeReplaced() {
    return terms.moment() == ScanTerms.Moment.ONLINE;
  }

  /// Whether a client or an operator waits for the answer.
  boolean isAwaited() {
    return switch (terms.moment()) {
      case ONLINE, ASKED, ASKED_AFRESH -> true;
      case LATE -> false;
    };
  }

  /// Whether an answer that is known from earlier will do.
  boolean mayBeRemembered() {
    return switch (terms.moment()) {
      case ONLINE, LATE, ASKED -> true;
      case ASKED_AFRESH -> false;
    };
  }

  /// The digest of its content, see [MessageDigests#of].
  synchronized Mono<Optional<ContentDigest>> digest() {
    if (digest == null) {
      Mono<Optional<ContentDigest>> made = digests.of(job, terms);
      digest = Known.isKnown(made) ? made : made.cache();
    }
    return digest;
  }
}

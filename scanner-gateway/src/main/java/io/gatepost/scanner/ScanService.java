package io.gatepost.scanner;

import io.gatepost.contract.content.ContentSource;
import io.gatepost.contract.content.UnreadableContentException;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.rpc.Known;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.ScannerResult;
import io.gatepost.contract.scanning.ScannerResult.Outcome;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.scanner.body.Replacements;
import io.gatepost.scanner.cache.MessageDigests;
import io.gatepost.scanner.plan.MailClass;
import io.gatepost.scanner.plan.Plan;
import io.gatepost.scanner.plan.ScanOutcome;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.schedule.ScanQuestion;
import io.gatepost.scanner.schedule.ScheduledScanner;
import io.gatepost.scanner.view.PlainView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The Scanning port: asks all scanners that are set up for a message's class, side by side, and
/// decides by what they say. A refusal settles the matter: the others are not waited for, and go on
/// for the cache.
final class ScanService implements Scanning {

  private static final Logger log = LoggerFactory.getLogger(ScanService.class);

  private final List<ScheduledScanner> scanners;
  private final Plan plan;
  private final ContentSource contents;
  private final MessageDigests digests;
  private final Optional<Replacements> replacements;

  /// A service of scanners that replace nothing.
  ScanService(
      List<ScheduledScanner> scanners, Plan plan, ContentSource contents, MessageDigests digests) {
    this(scanners, plan, contents, digests, Optional.empty());
  }

  /// @param contents where content is read that is not in the record
  /// @param replacements where bodies are kept that take the place of others; none where no scanner
  ///   has any to give
  ScanService(
      List<ScheduledScanner> scanners,
      Plan plan,
      ContentSource contents,
      MessageDigests digests,
      Optional<Replacements> replacements) {
    this.scanners = List.copyOf(scanners);
    this.plan = plan;
    this.contents = contents;
    this.digests = digests;
    this.replacements = replacements;
  }

  /// Returns the same service, by which stored content is read in another way.
  Scanning reading(UnaryOperator<ContentSource> way) {
    return new ScanService(scanners, plan, way.apply(contents), digests, replacements);
  }

  @Override
  public Flux<DataBuffer> replacement(String token) {
    return replacements
        .map(kept -> kept.take(token))
        .orElseGet(() -> Scanning.super.replacement(token));
  }

  /// Where all answers are there at once, so is the report, and nothing waits.
  @Override
  public Mono<ScanReport> scan(EnvelopeRecord message, ScanTerms terms) {
    MailClass mailClass = MailClass.of(message.envelope().provenance());
    List<Asking> asked = new ArrayList<>(scanners.size());
    List<Plan.Asked> known = new ArrayList<>(scanners.size());
    ScanQuestion question =
        new ScanQuestion(
            new ScanJob(message.envelope(), new PlainView(message, contents), terms.ownOctets()),
            mailClass,
            terms,
            digests);
    for (ScheduledScanner scanner : scanners) {
      if (!scanner.rule().classes().contains(mailClass)) {
        continue;
      }
      Asking asking = new Asking(scanner, scanner.ask(question));
      asked.add(asking);
      ScanOutcome outcome = Known.value(asking.outcome);
      if (outcome != null) {
        Plan.Asked answer = new Plan.Asked(scanner.rule(), outcome);
        known.add(answer);
        if (plan.isRefusal(answer, mailClass)) {
          return Mono.just(decided(question, known));
        }
      }
    }
    return known.size() == asked.size()
        ? Mono.just(decided(question, known))
        : Flux.fromIterable(asked)
            .flatMap(Asking::answer, asked.size())
            .takeUntil(each -> plan.isRefusal(each, mailClass))
            .collectList()
            .map(answers -> decided(question, inOrder(asked, answers)))
            .onErrorMap(UnreadableContentException.class, ScanService::unreadable);
  }

  /// A scanner that is asked.
  private record Asking(ScheduledScanner scanner, Mono<ScanOutcome> outcome) {
    Mono<Plan.Asked> answer() {
      return outcome.map(said -> new Plan.Asked(scanner.rule(), said));
    }
  }

  private ScanReport decided(ScanQuestion question, List<Plan.Asked> answers) {
    ScanReport report = plan.decide(answers, question.mailClass());
    replacements.ifPresent(kept -> discard(kept, question, answers, report));
    for (ScannerResult result : report.results()) {
      count(result);
      if (result.outcome() != Outcome.CLEAN && result.outcome() != Outcome.FAILED) {
        log.info(
            "qid={} scanner={} outcome={} words=\"{}\" took={}ms cached={}",
            question.job().id(),
            result.scanner(),
            result.outcome().label(),
            result.words(),
            result.took().toMillis(),
            result.cached());
      }
    }
    return report;
  }

  /// Drops bodies that nobody will ask for.
  private static void discard(
      Replacements kept, ScanQuestion question, List<Plan.Asked> answers, ScanReport report) {
    String wanted =
        report.decision() instanceof ScanDecision.AcceptChanged(_, var content)
                && question.mayBeReplaced()
            ? content.token()
            : "";
    for (Plan.Asked each : answers) {
      if (each.outcome().result() instanceof ScanOutcome.Answered(ScannerAnswer answer, _)
          && answer instanceof ScannerAnswer.Replaced replaced
          && !replaced.content().token().equals(wanted)) {
        kept.discard(replaced.content().token());
      }
    }
  }

  private void count(ScannerResult result) {
    for (ScheduledScanner scanner : scanners) {
      if (scanner.rule().name().equals(result.scanner())) {
        scanner.meters().decided(result.outcome());
      }
    }
  }

  private static List<Plan.Asked> inOrder(List<Asking> asked, List<Plan.Asked> answers) {
    List<Plan.Asked> ordered = new ArrayList<>(answers.size());
    for (Asking asking : asked) {
      for (Plan.Asked answer : answers) {
        if (answer.rule().equals(asking.scanner.rule())) {
          ordered.add(answer);
        }
      }
    }
    return ordered;
  }

  /// Content that has gone, or is not what came in, is no verdict.
  private static RpcException unreadable(UnreadableContentException e) {
    RpcStatus status =
        e.reason() == Reason.CONTENT_UNAVAILABLE ? RpcStatus.NOT_FOUND : RpcStatus.UNAVAILABLE;
    return new RpcException(status, "content cannot be read: " + e.getMessage(), e);
  }
}

package io.gatepost.scanner;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.scanner.plan.MailClass;
import io.gatepost.scanner.plan.Plan;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.schedule.ScheduledScanner;
import io.gatepost.scanner.view.PlainView;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The Scanning port: asks all scanners that are set up for a message's class, side by side, and
/// decides by what they say. A refusal settles the matter: the others are not waited for, and go on
/// for the cache.
final class ScanService implements Scanning {

  private final List<ScheduledScanner> scanners;
  private final Plan plan;
  private final Queue queue;

  ScanService(List<ScheduledScanner> scanners, Plan plan, Queue queue) {
    this.scanners = List.copyOf(scanners);
    this.plan = plan;
    this.queue = queue;
  }

  @Override
  public Mono<ScanReport> scan(EnvelopeRecord message, ScanTerms terms) {
    MailClass mailClass = MailClass.of(message.envelope().provenance());
    List<ScheduledScanner> asked = new ArrayList<>(scanners.size());
    for (ScheduledScanner scanner : scanners) {
      if (scanner.rule().classes().contains(mailClass)) {
        asked.add(scanner);
      }
    }
    if (asked.isEmpty()) {
      return Mono.just(ScanReport.CLEAN);
    }
    ScanJob job = new ScanJob(message.envelope(), new PlainView(message, queue));
    return Flux.fromIterable(asked)
        .flatMap(
            scanner ->
                scanner.ask(job, mailClass).map(outcome -> new Plan.Asked(scanner.rule(), outcome)),
            asked.size())
        .takeUntil(each -> plan.isRefusal(each, mailClass))
        .collectList()
        .map(answers -> plan.decide(inOrder(asked, answers), mailClass));
  }

  private static List<Plan.Asked> inOrder(List<ScheduledScanner> asked, List<Plan.Asked> answers) {
    List<Plan.Asked> ordered = new ArrayList<>(answers.size());
    for (ScheduledScanner scanner : asked) {
      for (Plan.Asked answer : answers) {
        if (answer.rule().equals(scanner.rule())) {
          ordered.add(answer);
        }
      }
    }
    return ordered;
  }
}

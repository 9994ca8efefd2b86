package io.gatepost.scanner.plan;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.scanning.Replacement;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScannerResult;
import io.gatepost.contract.scanning.ScannerResult.Outcome;
import io.gatepost.scanner.scan.ScannerAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The decision on a message, from what its scanners say. The gravest word counts: a refusal, then
/// "later", then the quarantine, then a scan that is owed, then marks. A scanner's own word counts
/// with the thresholds of its settings; points of all scanners are added up for those of
/// [TotalRule]. Another body counts where the message is accepted; of two, the first in the order
/// of the settings, which allow no more than one for a class of mail.
public final class Plan {

  /// The field that tells of marks and of scanners that could not be asked.
  public static final String FIELD = Mark.SCAN_FIELD;

  private static final int MAX_WORDS = 200;

  private final TotalRule total;

  public Plan(TotalRule total) {
    this.total = total;
  }

  /// One scanner that was asked, and what came of it.
  public record Asked(ScannerRule rule, ScanOutcome outcome) {}

  /// Whether an outcome settles the matter, so that the others need not be waited for.
  public boolean isRefusal(Asked asked, MailClass mailClass) {
    return view(asked, mailClass).standing == Standing.REFUSED;
  }

  /// Decides.
  ///
  /// @param asked in the order of the settings
  public ScanReport decide(List<Asked> asked, MailClass mailClass) {
    List<Seen> all = new ArrayList<>(asked.size());
    List<ScannerResult> results = new ArrayList<>(asked.size());
    for (Asked each : asked) {
      Seen seen = view(each, mailClass);
      all.add(seen);
      results.add(seen.result);
    }
    Seen sum = total(all);
    if (sum != null) {
      all.add(sum);
    }
    return new ScanReport(decision(all), results);
  }

  private ScanDecision decision(List<Seen> all) {
    HeaderEdits edits = HeaderEdits.NONE;
    Optional<Replacement> content = Optional.empty();
    Seen gravest = null;
    for (Seen seen : all) {
      edits = edits.then(seen.edits());
      content = content.or(seen::content);
      if (gravest == null || seen.standing.compareTo(gravest.standing) > 0) {
        gravest = seen;
      }
    }
    if (gravest == null) {
      return ScanDecision.CLEAN;
    }
    String finding = gravest.finding();
    Seen chosen = gravest;
    return switch (gravest.standing) {
      case CLEAN, MARKED -> accepted(edits, content);
      case OWED -> new ScanDecision.Owe(finding);
      case PUT_ASIDE -> new ScanDecision.Quarantine(finding, edits);
      case UNAVAILABLE ->
          new ScanDecision.TryLater(
              Reason.SERVICE_UNAVAILABLE, finding, Replies.SCANNER_UNAVAILABLE);
      case LATER ->
          new ScanDecision.TryLater(
              Reason.CONTENT_DEFERRED,
              finding,
              chosen.reply.orElseGet(() -> Replies.contentDeferred(chosen.result.words())));
      case REFUSED ->
          new ScanDecision.Refuse(
              finding, chosen.reply.orElseGet(() -> Replies.contentRejected(chosen.words())));
    };
  }

  private static ScanDecision accepted(HeaderEdits edits, Optional<Replacement> content) {
    if (content.isPresent()) {
      return new ScanDecision.AcceptChanged(edits, content.get());
    }
    return edits.isEmpty() ? ScanDecision.CLEAN : new ScanDecision.Accept(edits);
  }

  private @Nullable Seen total(List<Seen> all) {
    double sum = 0;
    boolean any = false;
    for (Seen seen : all) {
      if (seen.result.score().isPresent()) {
        sum += seen.result.score().get();
        any = true;
      }
    }
    Standing standing = any ? total.standing(sum) : Standing.CLEAN;
    if (standing == Standing.CLEAN) {
      return null;
    }
    String words = String.format(Locale.ROOT, "%.1f points", sum);
    return new Seen(
        new ScannerResult(
            TotalRule.NAME,
            standing == Standing.REFUSED ? Outcome.BAD : Outcome.SUSPECT,
            Optional.of(sum),
            words,
            java.time.Duration.ZERO,
            false),
        standing,
        HeaderEdits.NONE,
        Optional.empty());
  }

  private static Seen view(Asked asked, MailClass mailClass) {
    ScannerRule rule = asked.rule;
    return switch (asked.outcome.result()) {
      case ScanOutcome.Answered(var answer, var cached) ->
          answered(rule, mailClass, answer, cached, asked.outcome);
      case ScanOutcome.Failed(var failure, var words) -> {
        Standing standing =
            switch (rule.unavailable(mailClass)) {
              case DEFER -> Standing.UNAVAILABLE;
              case SKIP -> Standing.MARKED;
              case LATE -> Standing.OWED;
            };
        ScannerResult result =
            new ScannerResult(
                rule.name(),
                Outcome.FAILED,
                Optional.empty(),
                cleaned(failure.label() + ": " + words),
                asked.outcome.took(),
                false);
        yield new Seen(result, standing, HeaderEdits.NONE, Optional.empty());
      }
    };
  }

  private static Seen answered(
      ScannerRule rule,
      MailClass mailClass,
      ScannerAnswer answer,
      boolean cached,
      ScanOutcome outcome) {
    return switch (answer) {
      case ScannerAnswer.Good(var score, var words, var edits) ->
          scored(rule, mailClass, Standing.CLEAN, score, words, edits, cached, outcome);
      case ScannerAnswer.Replaced(var words, var edits, var content) ->
          new Seen(
              result(
                  rule,
                  Outcome.CLEAN,
                  Optional.empty(),
                  words.isEmpty() ? "another body" : "another body; " + words,
                  cached,
                  outcome),
              Standing.CLEAN,
              edits,
              Optional.empty(),
              Optional.of(content));
      case ScannerAnswer.Suspect(var score, var words, var edits) ->
          scored(rule, mailClass, Standing.MARKED, score, words, edits, cached, outcome);
      case ScannerAnswer.Bad(var score, var finding, var reply) ->
          new Seen(
              result(rule, Outcome.BAD, score, finding, cached, outcome),
              bad(rule, mailClass),
              HeaderEdits.NONE,
              reply);
      case ScannerAnswer.TryLater(var words, var reply) ->
          new Seen(
              result(rule, Outcome.TRY_LATER, Optional.empty(), words, cached, outcome),
              Standing.LATER,
              HeaderEdits.NONE,
              reply);
      case ScannerAnswer.PutAside(var finding, var edits) ->
          new Seen(
              result(rule, Outcome.QUARANTINE, Optional.empty(), finding, cached, outcome),
              Standing.PUT_ASIDE,
              edits,
              Optional.empty());
      case ScannerAnswer.NotScanned(var why) ->
          new Seen(
              result(rule, Outcome.NOT_SCANNED, Optional.empty(), why, cached, outcome),
              Standing.MARKED,
              HeaderEdits.NONE,
              Optional.empty());
    };
  }

  private static Seen scored(
      ScannerRule rule,
      MailClass mailClass,
      Standing own,
      Optional<Double> score,
      String words,
      HeaderEdits edits,
      boolean cached,
      ScanOutcome outcome) {
    Standing standing = own;
    if (isAbove(score, rule.refuseAbove())) {
      standing = bad(rule, mailClass);
    } else if (isAbove(score, rule.quarantineAbove())) {
      standing = Standing.PUT_ASIDE;
    } else if (isAbove(score, rule.markAbove())) {
      standing = Standing.MARKED;
    }
    Outcome said =
        switch (standing) {
          case CLEAN -> Outcome.CLEAN;
          case REFUSED -> Outcome.BAD;
          case PUT_ASIDE -> Outcome.QUARANTINE;
          default -> Outcome.SUSPECT;
        };
    return new Seen(
        result(rule, said, score, words, cached, outcome), standing, edits, Optional.empty());
  }

  private static boolean isAbove(Optional<Double> score, Optional<Double> threshold) {
    return score.isPresent() && threshold.isPresent() && score.get() >= threshold.get();
  }

  private static Standing bad(ScannerRule rule, MailClass mailClass) {
    return switch (rule.action(mailClass)) {
      case REFUSE -> Standing.REFUSED;
      case MARK -> Standing.MARKED;
      case QUARANTINE -> Standing.PUT_ASIDE;
    };
  }

  private static ScannerResult result(
      ScannerRule rule,
      Outcome said,
      Optional<Double> score,
      String words,
      boolean cached,
      ScanOutcome outcome) {
    return new ScannerResult(rule.name(), said, score, cleaned(words), outcome.took(), cached);
  }

  /// Words of a scanner in printable ASCII and of bounded length: some of them come from the
  /// message.
  private static String cleaned(String words) {
    StringBuilder clean = new StringBuilder(Math.min(words.length(), MAX_WORDS));
    for (int at = 0; at < words.length() && clean.length() < MAX_WORDS; at++) {
      char c = words.charAt(at);
      if (c > ' ' && c < 0x7f) {
        clean.append(c);
      } else if (c >= 0x7f) {
        clean.append('?');
      } else if (!clean.isEmpty() && clean.charAt(clean.length() - 1) != ' ') {
        clean.append(' ');
      }
    }
    return clean.toString().strip();
  }

  /// Where a message stands, from the least grave.
  enum Standing {
    CLEAN,
    MARKED,
    OWED,
    PUT_ASIDE,
    UNAVAILABLE,
    LATER,
    REFUSED
  }

  private record Seen(
      ScannerResult result,
      Standing standing,
      HeaderEdits asked,
      Optional<Reply> reply,
      Optional<Replacement> content) {

    Seen(ScannerResult result, Standing standing, HeaderEdits asked, Optional<Reply> reply) {
      this(result, standing, asked, reply, Optional.empty());
    }

    String words() {
      return result.words().isEmpty() ? result.scanner() : result.words();
    }

    String finding() {
      String said = result.scanner() + " " + result.outcome().label();
      return result.words().isEmpty() ? said : said + ": " + result.words();
    }

    /// Returns the edits that the scanner asks for, with a mark on top where it has one.
    HeaderEdits edits() {
      return standing == Standing.MARKED
          ? new HeaderEdits(List.of(HeaderEdit.Insert.onTop(FIELD, mark()))).then(asked)
          : asked;
    }

    private String mark() {
      String points =
          result.score().map(score -> String.format(Locale.ROOT, " %.1f", score)).orElse("");
      String words = result.words().isEmpty() ? "" : " " + result.words();
      return result.scanner() + " " + result.outcome().label() + points + words;
    }
  }
}

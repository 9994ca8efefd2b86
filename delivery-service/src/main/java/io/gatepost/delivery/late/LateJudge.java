package io.gatepost.delivery.late;

import io.gatepost.contract.queue.Finding;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.delivery.late.LateVerdict.Scope;

/// Judges the scanners' report on a message that was accepted already. Pure.
final class LateJudge {

  private LateJudge() {}

  static LateVerdict verdict(ScanReport report) {
    return switch (report.decision()) {
      case ScanDecision.Accept(var edits) -> new LateVerdict.Clear(edits);
      // There is nobody left who could give it the other content; settings rule it out.
      case ScanDecision.AcceptChanged _ ->
          new LateVerdict.Later(
              Reason.CONTENT_DEFERRED, Replies.SCANNER_UNAVAILABLE, Scope.MESSAGE);
      case ScanDecision.Refuse(var finding, var reply) ->
          new LateVerdict.Refused(new Finding(finding, report.results()), reply);
      case ScanDecision.Quarantine(var finding, var edits) ->
          new LateVerdict.Aside(new Finding(finding, report.results()), edits);
      // A scanner wants to see this message again, or cannot be asked about any.
      case ScanDecision.TryLater(var reason, _, var reply) ->
          new LateVerdict.Later(
              reason, reply, reason == Reason.CONTENT_DEFERRED ? Scope.MESSAGE : Scope.ALL);
      case ScanDecision.Owe _ ->
          new LateVerdict.Later(Reason.SERVICE_UNAVAILABLE, Replies.SCANNER_UNAVAILABLE, Scope.ALL);
    };
  }

  /// The report for the log.
  static String words(ScanReport report) {
    return switch (report.decision()) {
      case ScanDecision.Accept(var edits) ->
          edits.isEmpty() ? "clean" : "accepted with " + edits.list().size() + " header edits";
      case ScanDecision.AcceptChanged _ -> "later finding=\"would get another body\"";
      case ScanDecision.Refuse(var finding, _) -> "bad finding=\"" + finding + '"';
      case ScanDecision.Quarantine(var finding, _) -> "suspect finding=\"" + finding + '"';
      case ScanDecision.TryLater(var reason, var finding, _) ->
          "later reason=" + reason.label() + " finding=\"" + finding + '"';
      case ScanDecision.Owe(var finding) -> "still owed finding=\"" + finding + '"';
    };
  }
}

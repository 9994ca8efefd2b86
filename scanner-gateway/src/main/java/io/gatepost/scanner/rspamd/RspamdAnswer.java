package io.gatepost.scanner.rspamd;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.HeaderEdits;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.reply.Reply;
import io.gatepost.scanner.scan.ScannerAnswer;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The answer of `/checkv2`, read.
final class RspamdAnswer {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// The gravest symbols are named, so many.
  private static final int MAX_SYMBOLS = 20;

  private static final int MAX_MESSAGE = 400;
  private static final String ACTIONS =
      "no action, greylist, add header, rewrite subject, soft reject, reject, discard, quarantine";

  private final JsonNode answer;
  private final Milter milter;

  private RspamdAnswer(JsonNode answer, QueueId id) {
    this.answer = answer;
    this.milter = new Milter(answer.path("milter"), id);
  }

  /// Reads an answer. Throws [ScannerFailedException] where it is no answer of rspamd's.
  ///
  /// @param id of the message, for the log
  static ScannerAnswer of(byte[] body, QueueId id) {
    try {
      JsonNode answer = JSON.readTree(body);
      return new RspamdAnswer(answer, id).read();
    } catch (JacksonException e) {
      throw garbled(new String(body, StandardCharsets.UTF_8), "JSON with an action", e);
    }
  }

  private ScannerAnswer read() {
    String action = answer.path("action").asString("");
    if (milter.isNoAction()) {
      return new ScannerAnswer.Good(score(), words(), edits(milter.actionTold(action)));
    }
    return switch (action) {
      case "no action" -> isSkipped() ? skipped() : good();
      // Asked to come back by "soft reject" only: greylisting itself is rspamd's, by its module.
      case "greylist" -> good();
      case "add header" -> new ScannerAnswer.Suspect(score(), words(), edits(milter.spamHeaders()));
      case "rewrite subject" -> new ScannerAnswer.Suspect(score(), words(), edits(subject()));
      case "soft reject" -> new ScannerAnswer.TryLater(reason(), reply(451, "4.7.1"));
      case "reject" -> milter.isQuarantinedOnReject() ? putAside() : bad();
      // The sender is told: mail does not vanish (requirement B15).
      case "discard" -> bad();
      case "quarantine" -> putAside();
      default -> throw garbled(answer.toString(), "an action, one of " + ACTIONS, null);
    };
  }

  private ScannerAnswer good() {
    return new ScannerAnswer.Good(score(), words(), edits(List.of()));
  }

  /// rspamd says so of what its settings exempt, and also where an early rule has decided: then
  /// there is an action.
  private boolean isSkipped() {
    return answer.path("is_skipped").asBoolean(false);
  }

  private static ScannerAnswer skipped() {
    return new ScannerAnswer.NotScanned("skipped by the settings of rspamd");
  }

  private ScannerAnswer bad() {
    return new ScannerAnswer.Bad(score(), words(), reply(550, "5.7.1"));
  }

  private ScannerAnswer putAside() {
    return new ScannerAnswer.PutAside(reason(), edits(List.of()));
  }

  private Optional<Double> score() {
    double score = answer.path("score").asDouble(Double.NaN);
    return Double.isFinite(score) ? Optional.of(score) : Optional.empty();
  }

  /// The names of the rules that matched, those first that count most; those without points only
  /// where no other has matched.
  private String words() {
    List<JsonNode> symbols = new ArrayList<>(answer.path("symbols").values());
    boolean anyCounts = symbols.stream().anyMatch(symbol -> weight(symbol) > 0);
    return symbols.stream()
        .filter(symbol -> weight(symbol) > 0 || !anyCounts)
        .sorted(Comparator.comparingDouble(RspamdAnswer::weight).reversed())
        .map(symbol -> symbol.path("name").asString(""))
        .filter(name -> !name.isEmpty())
        .limit(MAX_SYMBOLS)
        .collect(Collectors.joining(", "));
  }

  private static double weight(JsonNode symbol) {
    return Math.abs(symbol.path("score").asDouble(0));
  }

  private String message() {
    String text = answer.path("messages").path("smtp_message").asString("");
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() > MAX_MESSAGE ? line.substring(0, MAX_MESSAGE) : line;
  }

  private String reason() {
    return message().isEmpty() ? words() : message();
  }

  private Optional<Reply> reply(int code, String status) {
    return message().isEmpty() ? Optional.empty() : Optional.of(Reply.of(code, status, message()));
  }

  private List<HeaderEdit> subject() {
    String subject = answer.path("subject").asString("");
    return subject.isEmpty() ? List.of() : List.of(new HeaderEdit.Replace("Subject", 1, subject));
  }

  private HeaderEdits edits(List<HeaderEdit> ofAction) {
    List<HeaderEdit> all = new ArrayList<>(milter.edits());
    all.addAll(milter.signatures(answer.path("dkim-signature")));
    all.addAll(ofAction);
    return HeaderEdits.bounded(all);
  }

  private static ScannerFailedException garbled(
      String text, String expected, @Nullable Throwable cause) {
    String shown = text.length() > 120 ? text.substring(0, 120) : text;
    return new ScannerFailedException(
        Kind.GARBLED,
        "answered \"" + shown.replaceAll("\\p{Cntrl}+", " ") + "\" (expected: " + expected + ")",
        cause);
  }
}

package io.gatepost.scanner.rspamd;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.envelope.QueueId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// The `milter` block of an answer: how the header is to be changed, in all forms that versions of
/// rspamd write. Removals come first, as rspamd's own milter has them.
final class Milter {

  private static final Logger LOG = LoggerFactory.getLogger(Milter.class);

  private static final String SPAM_HEADER = "X-Spam";
  private static final Set<String> OF_THE_ENVELOPE = Set.of("change_from", "add_rcpt", "del_rcpt");

  private final JsonNode block;
  private final QueueId id;

  /// @param block may be missing
  /// @param id of the message, for the log
  Milter(JsonNode block, QueueId id) {
    this.block = block;
    this.id = id;
  }

  /// Whether the action is to be told and not taken.
  boolean isNoAction() {
    return block.path("no_action").asBoolean(false);
  }

  /// The field that tells of an action that is not taken.
  List<HeaderEdit> actionTold(String action) {
    return field("X-Rspamd-Action", action);
  }

  /// Whether a message that is bad is to be put aside.
  boolean isQuarantinedOnReject() {
    return block.path("reject").asString("").equals("quarantine");
  }

  /// The fields of "add header": `X-Spam: Yes`, or as a rule has them.
  List<HeaderEdit> spamHeaders() {
    JsonNode own = block.path("spam_header");
    List<HeaderEdit> edits = new ArrayList<>();
    if (own.isObject()) {
      own.properties().forEach(each -> edits.addAll(spamHeader(each.getKey(), each.getValue())));
    } else {
      edits.addAll(own.isString() ? spamHeader(SPAM_HEADER, own) : replaced(SPAM_HEADER, "Yes"));
    }
    return edits;
  }

  private List<HeaderEdit> spamHeader(String name, JsonNode value) {
    return replaced(name, value.asString(""));
  }

  private List<HeaderEdit> replaced(String name, String value) {
    List<HeaderEdit> edits = new ArrayList<>(remove(name, 0));
    edits.addAll(field(name, value));
    return edits;
  }

  /// Returns the edits that the block asks for. Changes of the envelope are not made, and are
  /// logged.
  List<HeaderEdit> edits() {
    for (String key : OF_THE_ENVELOPE) {
      if (block.has(key)) {
        LOG.warn("{}: rspamd asks for {}, which is not done", id, key);
      }
    }
    List<HeaderEdit> edits = new ArrayList<>();
    for (Map.Entry<String, JsonNode> each : block.path("remove_headers").properties()) {
      edits.addAll(removals(each.getKey(), each.getValue()));
    }
    for (Map.Entry<String, JsonNode> each : block.path("add_headers").properties()) {
      edits.addAll(additions(each.getKey(), each.getValue()));
    }
    return edits;
  }

  /// Signatures that come beside the block, below the topmost field.
  List<HeaderEdit> signatures(JsonNode value) {
    List<HeaderEdit> edits = new ArrayList<>();
    int position = 1;
    for (JsonNode each : value.isArray() ? value.values() : List.of(value)) {
      if (each.isString()) {
        edits.addAll(insert(position++, "DKIM-Signature", each.stringValue()));
      }
    }
    return edits;
  }

  /// A number, or a list of them. They count the fields as rspamd saw them: those further from the
  /// end that they are counted from go first, so that the others keep their number.
  private List<HeaderEdit> removals(String name, JsonNode value) {
    TreeSet<Integer> numbers =
        new TreeSet<>(
            Comparator.comparingInt((Integer n) -> Math.abs(n))
                .reversed()
                .thenComparing(Comparator.naturalOrder()));
    for (JsonNode each : value.isArray() ? value.values() : List.of(value)) {
      if (each.isIntegralNumber() && each.canConvertToInt()) {
        numbers.add(each.intValue());
      }
    }
    List<HeaderEdit> edits = new ArrayList<>();
    if (numbers.contains(0)) {
      return remove(name, 0);
    }
    numbers.forEach(number -> edits.addAll(remove(name, number)));
    return edits;
  }

  /// A text, an object of `value` and `order`, or a list of either.
  private List<HeaderEdit> additions(String name, JsonNode value) {
    List<HeaderEdit> edits = new ArrayList<>();
    for (JsonNode each : value.isArray() ? value.values() : List.of(value)) {
      if (each.isString()) {
        edits.addAll(field(name, each.stringValue()));
      } else if (each.path("value").isString()) {
        JsonNode order = each.has("order") ? each.path("order") : each.path("index");
        edits.addAll(insert(order.asInt(-1), name, each.path("value").stringValue()));
      }
    }
    return edits;
  }

  private List<HeaderEdit> field(String name, String value) {
    return insert(-1, name, value);
  }

  private List<HeaderEdit> insert(int position, String name, String value) {
    try {
      return List.of(new HeaderEdit.Insert(position, name, value));
    } catch (IllegalArgumentException e) {
      return refused(e);
    }
  }

  private List<HeaderEdit> remove(String name, int nth) {
    try {
      return List.of(new HeaderEdit.Remove(name, nth));
    } catch (IllegalArgumentException e) {
      return refused(e);
    }
  }

  private List<HeaderEdit> refused(IllegalArgumentException error) {
    LOG.warn("{}: rspamd asks for a field that cannot be: {}", id, error.getMessage());
    return List.of();
  }
}

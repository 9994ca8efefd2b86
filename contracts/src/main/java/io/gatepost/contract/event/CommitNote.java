package io.gatepost.contract.event;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The note of delivery-service beside a committed offset: where the replay of outcomes has to
/// start after a crash. queue-service truncates the outcomes topic no further than that.
///
/// @param outcomesPosition the smallest position that the outcomes partition had when any attempt
///   still in the window was first dispatched
/// @param hold how much longer no message expires, to the second, as the clock had jumped ahead;
///   zero where it had not
public record CommitNote(long outcomesPosition, Duration hold) {

  private static final Pattern FORM = Pattern.compile("outcomes=(\\d{1,18})(?: hold=(\\d{1,9}))?");

  /// Where the clock is believed.
  public CommitNote(long outcomesPosition) {
    this(outcomesPosition, Duration.ZERO);
  }

  /// Reads the metadata of a commit; one without a note of ours starts at the beginning, as
  /// replaying too much is safe and too little is not.
  public static CommitNote parse(String metadata) {
    Matcher note = FORM.matcher(metadata);
    if (!note.matches()) {
      return new CommitNote(0);
    }
    String hold = note.group(2);
    return new CommitNote(
        Long.parseLong(note.group(1)),
        hold == null ? Duration.ZERO : Duration.ofSeconds(Long.parseLong(hold)));
  }

  /// The commit's metadata.
  public String text() {
    String position = "outcomes=" + outcomesPosition;
    return hold.toSeconds() > 0 ? position + " hold=" + hold.toSeconds() : position;
  }
}

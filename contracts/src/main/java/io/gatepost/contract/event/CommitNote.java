package io.gatepost.contract.event;

/// What delivery-service writes beside a committed offset: where the replay of outcomes has to
/// start after a crash. queue-service truncates the outcomes topic no further than that.
///
/// @param outcomesPosition the smallest position that the outcomes partition had when any attempt
///   still in the window was first dispatched
public record CommitNote(long outcomesPosition) {

  private static final String PREFIX = "outcomes=";

  /// Reads the metadata of a commit; one without a note of ours starts at the beginning, as
  /// replaying too much is safe and too little is not.
  public static CommitNote parse(String metadata) {
    String digits = metadata.startsWith(PREFIX) ? metadata.substring(PREFIX.length()) : "";
    return new CommitNote(digits.matches("\\d{1,18}") ? Long.parseLong(digits) : 0);
  }

  /// The commit's metadata.
  public String text() {
    return PREFIX + outcomesPosition;
  }
}

package io.gatepost.contract.event;

/// What delivery-service writes beside a committed offset: where the replay of outcomes has to
/// start after a crash. queue-service truncates the outcomes topic no further than that.
///
/// @param outcomesPosition the smallest position that the outcomes partition had when any attempt
///   still in the window was first dispatched
public record CommitNote(long outcomesPosition) {

  private static final String PREFIX = "outcomes=";

  /// Reads the metadata of a commit; a commit without our note starts at the beginning.
  public static CommitNote parse(String metadata) {
    if (!metadata.startsWith(PREFIX)) {
      return new CommitNote(0);
    }
    return new CommitNote(Long.parseLong(metadata.substring(PREFIX.length())));
  }

  /// The commit's metadata.
  public String text() {
    return PREFIX + outcomesPosition;
  }
}

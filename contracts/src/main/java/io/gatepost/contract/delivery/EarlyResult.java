package io.gatepost.contract.delivery;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.event.RecipientOutcome;
import java.util.List;
import java.util.Locale;

/// The result of an attempt that was made while the client waits for its reply. Replies are the
/// next hops' own words, unchanged: whoever passes them on cleans them.
public sealed interface EarlyResult {

  /// All recipients are served: nobody has to keep the message.
  ///
  /// @param outcomes one of each recipient, all served
  record Delivered(List<RecipientOutcome> outcomes) implements EarlyResult {
    public Delivered {
      outcomes = List.copyOf(outcomes);
    }
  }

  /// All recipients are refused for good: nobody has the message.
  ///
  /// @param refusals at least one
  record Refused(List<RecipientOutcome.Failed> refusals) implements EarlyResult {
    public Refused {
      refusals = List.copyOf(refusals);
    }
  }

  /// The message cannot be taken now, and nothing of the attempt goes on.
  ///
  /// @param outcomes known so far; where some are served, they get a second copy when the client
  ///   comes again
  record TryLater(List<RecipientOutcome> outcomes) implements EarlyResult {
    public TryLater {
      outcomes = List.copyOf(outcomes);
    }
  }

  /// Something is left to be done: the message is to be put on the log, where the attempt, which
  /// may still be running, joins its record.
  ///
  /// @param rest the envelope for those who are not known to be served
  record GoesOn(Envelope rest) implements EarlyResult {}

  /// No attempt was made: the message goes the ordinary way.
  record NotTried(Why why) implements EarlyResult {}

  /// Why no attempt is made.
  enum Why {
    /// Attempts under way take all the room that there is for them.
    NO_ROOM,
    /// A next hop has all the connections and messages that it may have.
    BUSY,
    /// A next hop was too slow of late.
    SLOW,
    /// A next hop cannot be reached.
    UNREACHABLE,
    /// The sender is to be told of successes, which needs the log.
    NOTICE_WANTED,
    /// The recipients lead to too many addresses.
    TOO_WIDE,
    /// A route does not want it.
    NOT_WANTED,
    /// Another delivery-service reads the message's part of the log, and would not know of the
    /// attempt.
    ELSEWHERE,
    /// The attempt is unknown: it has ended, or never began here.
    UNKNOWN,
    /// The service is stopping.
    STOPPING;

    /// The form in metrics and logs.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}

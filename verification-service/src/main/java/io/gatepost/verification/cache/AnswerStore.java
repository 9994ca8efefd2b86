package io.gatepost.verification.cache;

import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import io.gatepost.verification.callout.Subject;
import java.time.Instant;
import java.util.Map;
import java.util.function.BiConsumer;

/// Answers of next hops that outlive the process, and what an operator has made us forget. Every
/// method blocks, and throws an unchecked exception where the store does not answer; [AnswerKeeper]
/// calls it off the client's path.
public interface AnswerStore {

  /// Gives what is forgotten to the reader, in any order.
  void loadForgotten(BiConsumer<Subject, Instant> reader);

  /// Gives the newest answers to the reader, newest first.
  ///
  /// @param since older ones are left out
  /// @param atMost how many
  void load(Instant since, long atMost, BiConsumer<AnswerKey, Answer> reader);

  /// Writes a batch in one transaction; a newer answer replaces an older one.
  void write(Map<AnswerKey, Answer> batch);

  /// Forgets what was asked before, and remembers that it is forgotten, in one transaction.
  void forget(Subject subject, Instant before);

  /// Drops answers that are older, and what was forgotten before.
  void dropBefore(Instant before);

  /// Drops the oldest answers beyond a number, and those of the same moment.
  void keepNewest(long most);
}

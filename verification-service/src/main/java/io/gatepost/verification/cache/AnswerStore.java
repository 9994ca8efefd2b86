package io.gatepost.verification.cache;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.verification.callout.Answer;
import io.gatepost.verification.callout.AnswerKey;
import java.time.Instant;
import java.util.Map;
import java.util.function.BiConsumer;

/// Answers of next hops that outlive the process. Every method blocks, and throws an unchecked
/// exception where the store does not answer; [AnswerKeeper] calls it off the client's path.
public interface AnswerStore {

  /// Gives the newest answers to the reader, newest first.
  ///
  /// @param since older ones are left out
  /// @param atMost how many
  void load(Instant since, long atMost, BiConsumer<AnswerKey, Answer> reader);

  /// Writes a batch in one transaction; a newer answer replaces an older one.
  void write(Map<AnswerKey, Answer> batch);

  /// Forgets an address.
  void forget(ForwardPath recipient);

  /// Forgets every address of a domain.
  void forget(DomainName domain);

  /// Forgets answers that are older.
  void forgetBefore(Instant before);
}

package io.gatepost.contract.delivery;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.gatepost.contract.reply.Reply;

/// The answer of a filter to a message that it was given by SMTP. Replies are its own words,
/// unchanged.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = FilterAnswer.Taken.class, name = "taken"),
  @JsonSubTypes.Type(value = FilterAnswer.Refused.class, name = "refused"),
  @JsonSubTypes.Type(value = FilterAnswer.TryLater.class, name = "try-later"),
  @JsonSubTypes.Type(value = FilterAnswer.Silent.class, name = "silent"),
  @JsonSubTypes.Type(value = FilterAnswer.Away.class, name = "away")
})
public sealed interface FilterAnswer {

  /// It has taken the message for all recipients: it gives one back, or has done so.
  record Taken(Reply reply) implements FilterAnswer {}

  /// It refuses the message for good.
  ///
  /// @param reply a 5xx
  record Refused(Reply reply) implements FilterAnswer {}

  /// It does not take the message now, for some recipients at least.
  ///
  /// @param reply a 4xx
  record TryLater(Reply reply) implements FilterAnswer {}

  /// It has got all of the message, and may have taken it: no reply came in time.
  record Silent() implements FilterAnswer {}

  /// It cannot be reached, or has not come to the message in time: it has not got it.
  ///
  /// @param reply a 4xx that says why
  record Away(Reply reply) implements FilterAnswer {}
}

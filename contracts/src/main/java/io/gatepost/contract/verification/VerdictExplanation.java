package io.gatepost.contract.verification;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.reply.Reply;
import java.time.Duration;
import java.util.List;

/// How a verdict came about.
///
/// @param legs the final addresses that routing came to; none where routing has decided
public record VerdictExplanation(RecipientVerdict verdict, List<Leg> legs) {

  /// One final address.
  ///
  /// @param destination its name
  /// @param acceptsAll whether the destination is known to accept every address of the domain
  /// @param heard what its host has said, in the order of the questions
  public record Leg(
      ForwardPath address,
      String destination,
      RecipientVerdict verdict,
      Basis basis,
      boolean acceptsAll,
      List<Heard> heard) {}

  /// Grounds of the verdict on a leg.
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Basis.Routing.class, name = "routing"),
    @JsonSubTypes.Type(value = Basis.Remembered.class, name = "remembered"),
    @JsonSubTypes.Type(value = Basis.HostRemembered.class, name = "host-remembered"),
    @JsonSubTypes.Type(value = Basis.AskedNow.class, name = "asked-now"),
    @JsonSubTypes.Type(value = Basis.Late.class, name = "late")
  })
  public sealed interface Basis {
    /// Routing alone: the destination is here, or is not to be asked.
    record Routing() implements Basis {}

    /// An answer of the next hop from the cache.
    record Remembered(Duration age) implements Basis {}

    /// A refusal of the host from the cache, which is not about the address.
    record HostRemembered(Duration age) implements Basis {}

    /// The next hop was asked.
    record AskedNow(Duration took) implements Basis {}

    /// The next hop was asked, and has not answered in time.
    record Late() implements Basis {}
  }

  /// An answer of a host.
  ///
  /// @param host the host with its address and port; empty where it is not known any more
  /// @param stage what it answered to, such as `RCPT` or `GREETING`
  /// @param reply its own words
  public record Heard(
      String host, String stage, ReversePath sender, ForwardPath recipient, Reply reply) {}
}

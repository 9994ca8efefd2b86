package io.gatepost.contract.delivery;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;

/// One destination as it stands now.
///
/// @param name the destination's name, as in logs
/// @param running attempts that are running
/// @param waiting attempts that wait for a connection
/// @param idleConnections connections kept open for the next message
/// @param probing connections on which recipients are asked about
/// @param probesWaiting questions that wait for a connection
/// @param slow whether it was too slow of late for clients to wait: its mail goes to the queue;
///   earlier versions do not say it
public record DestinationState(
    String name,
    int running,
    int waiting,
    int idleConnections,
    int probing,
    int probesWaiting,
    @JsonSetter(nulls = Nulls.AS_EMPTY) boolean slow) {

  /// One that nothing is under way to.
  public static DestinationState unused(String name) {
    return new DestinationState(name, 0, 0, 0, 0, 0, false);
  }

  /// The same one, which is slow.
  public DestinationState asSlow() {
    return new DestinationState(
        name, running, waiting, idleConnections, probing, probesWaiting, true);
  }
}

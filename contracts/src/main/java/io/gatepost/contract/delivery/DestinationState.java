package io.gatepost.contract.delivery;

/// One destination as it stands now.
///
/// @param name the destination's name, as in logs
/// @param running attempts that are running
/// @param waiting attempts that wait for a connection
/// @param idleConnections connections kept open for the next message
/// @param probing connections on which recipients are asked about
/// @param probesWaiting questions that wait for a connection
public record DestinationState(
    String name, int running, int waiting, int idleConnections, int probing, int probesWaiting) {}

package io.gatepost.edge.intake;

/// Whether the names of clients are asked for: the trace field then says of one without a name that
/// it is `unknown`.
public enum PeerNames {
  ASKED,
  NOT_ASKED
}

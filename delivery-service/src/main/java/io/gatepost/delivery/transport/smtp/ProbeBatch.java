package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.address.ReversePath;
import java.util.List;

/// Questions with the same sender, which one transaction asks.
///
/// @param probes at least one
record ProbeBatch(List<Probe> probes) implements Work {

  ReversePath sender() {
    return probes.getFirst().sender();
  }

  @Override
  public void giveBack(SmtpDestination destination) {
    destination.probed();
    destination.askAgain(probes);
  }
}

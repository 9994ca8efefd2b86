package io.gatepost.rpc.process;

import io.gatepost.gate.ScarceResource;
import java.util.stream.Stream;

/// Scarce resources of which the settings say how many there are, as one bean.
@FunctionalInterface
public interface ScarceResources {

  /// All of them; the same ones each time.
  Stream<? extends ScarceResource> all();
}

package io.gatepost.log;

import io.gatepost.testkit.architecture.ModuleRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final ModuleRules RULES = ModuleRules.of("io.gatepost.log");

  @Test
  void packagesHaveNames() {
    RULES.packagesHaveNames();
  }

  @Test
  void clientsKnowNoService() {
    RULES.servicesMeetInContracts();
  }

  /// Whoever makes a client takes the operator's settings to it.
  @Test
  void clientsAreNoPlaceForTheirRecords() {
    RULES.doesWithout("io.gatepost.contract.wire..", "io.gatepost.contract.envelope..");
  }
}

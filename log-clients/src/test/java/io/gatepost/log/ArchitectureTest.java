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

  /// Every client is made with the operator's settings.
  @Test
  void clientsAreNoPlaceForTheirRecords() {
    RULES.doesWithout("io.gatepost.contract.wire..", "io.gatepost.contract.envelope..");
  }
}

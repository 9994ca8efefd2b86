package io.gatepost.database;

import io.gatepost.testkit.architecture.ModuleRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final ModuleRules RULES = ModuleRules.of("io.gatepost.database");

  @Test
  void packagesHaveNames() {
    RULES.packagesHaveNames();
  }

  @Test
  void theDatabaseKnowsNoService() {
    RULES.servicesMeetInContracts();
  }

  @Test
  void theDatabaseIsNoPlaceForMail() {
    RULES.doesWithout("io.gatepost.contract.envelope..", "io.gatepost.contract.address..");
  }
}

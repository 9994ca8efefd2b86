package io.gatepost.routing;

import io.gatepost.testkit.architecture.ModuleRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final ModuleRules RULES = ModuleRules.of("io.gatepost.routing");

  @Test
  void packagesHaveNames() {
    RULES.packagesHaveNames();
  }

  @Test
  void packagesHaveNoCycles() {
    RULES.packagesHaveNoCycles();
  }

  @Test
  void servicesMeetInContracts() {
    RULES.servicesMeetInContracts();
  }

  @Test
  void dnsjavaLivesInDns() {
    RULES.livesOnlyIn("org.xbill..", ".dns..", "");
  }
}

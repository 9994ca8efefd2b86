package io.gatepost.dns;

import io.gatepost.testkit.architecture.ModuleRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final ModuleRules RULES = ModuleRules.of("io.gatepost.dns");

  @Test
  void packagesHaveNames() {
    RULES.packagesHaveNames();
  }

  @Test
  void theDnsKnowsNoService() {
    RULES.servicesMeetInContracts();
  }

  /// Callers see questions and answers only.
  @Test
  void theDnsKnowsNoMail() {
    RULES.doesWithout("io.gatepost.contract.envelope..", "io.gatepost.contract.reply..");
  }
}

package io.gatepost.verification;

import io.gatepost.testkit.architecture.ModuleRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final ModuleRules RULES = ModuleRules.of("io.gatepost.verification");

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

  /// Requirement D12: verifying writes to no log, and to the database behind the client's back
  /// only.
  @Test
  void itKnowsNoLog() {
    RULES.doesWithout("org.apache.kafka..");
  }

  @Test
  void theDatabaseStaysInTheStore() {
    for (String technology :
        new String[] {
          "java.sql..",
          "javax.sql..",
          "org.springframework.jdbc..",
          "org.springframework.data..",
          "io.gatepost.database.."
        }) {
      RULES.livesOnlyIn(technology, ".store..");
    }
  }

  @Test
  void judgingIsPure() {
    RULES.arePure(".callout..");
  }
}

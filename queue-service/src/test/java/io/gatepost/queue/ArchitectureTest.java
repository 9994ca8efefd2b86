package io.gatepost.queue;

import io.gatepost.testkit.architecture.ModuleRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final ModuleRules RULES = ModuleRules.of("io.gatepost.queue");

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
  void domainPackagesArePure() {
    RULES.arePure(".ladder..");
  }

  @Test
  void kafkaLivesInTheLog() {
    RULES.livesOnlyIn("org.apache.kafka..", ".log..", ".view..");
    RULES.livesOnlyIn("org.springframework.kafka..", ".log..", ".view..");
  }

  @Test
  void kafkaClientsComeFromTheirModule() {
    RULES.makesNoKafkaClients();
  }

  @Test
  void jdbcLivesInTheViewAndTheQuarantine() {
    RULES.livesOnlyIn("org.springframework.jdbc..", ".view..", ".quarantine..");
  }
}

package io.gatepost.delivery;

import io.gatepost.testkit.architecture.ModuleRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final ModuleRules RULES = ModuleRules.of("io.gatepost.delivery");

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
    RULES.arePure(".dsn..");
  }

  @Test
  void kafkaLivesInTheIntake() {
    RULES.livesOnlyIn("org.apache.kafka..", ".intake..");
    RULES.livesOnlyIn("org.springframework.kafka..", ".intake..");
  }

  @Test
  void kafkaClientsComeFromTheirModule() {
    RULES.makesNoKafkaClients();
  }

  @Test
  void nettyLivesInTheSmtpTransport() {
    RULES.livesOnlyIn("io.netty..", ".transport.smtp..");
  }
}

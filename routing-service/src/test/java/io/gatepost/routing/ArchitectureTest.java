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
  void jdbcLivesInSql() {
    RULES.livesOnlyIn("org.springframework.jdbc..", ".sql..");
    RULES.livesOnlyIn("org.springframework.data..", ".sql..");
    RULES.livesOnlyIn("java.sql..", ".sql..");
    RULES.livesOnlyIn("javax.sql..", ".sql..");
  }

  @Test
  void dnsjavaLivesInAModuleOfItsOwn() {
    RULES.doesWithout("org.xbill..");
  }

  @Test
  void theLdapLibraryLivesInLdap() {
    RULES.livesOnlyIn("com.unboundid..", ".ldap..");
  }
}

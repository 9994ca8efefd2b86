package io.gatepost.edge;

import io.gatepost.testkit.architecture.ModuleRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final ModuleRules RULES = ModuleRules.of("io.gatepost.edge");

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
    RULES.arePure(".session..", ".dnslist..");
  }

  @Test
  void socketsLiveInTheListener() {
    RULES.livesOnlyIn("io.netty..", ".listener..", ".tls..");
    RULES.livesOnlyIn("reactor.netty..", ".listener..");
  }

  @Test
  void dnsjavaLivesInAModuleOfItsOwn() {
    RULES.doesWithout("org.xbill..");
  }

  @Test
  void theDialogueKnowsNoSockets() {
    RULES.knowsNone(
        ".dialogue..",
        "io.netty..",
        "reactor.netty..",
        "java.net..",
        "java.nio.channels..",
        "javax.net..",
        "io.gatepost.edge.listener..",
        "io.gatepost.edge.tls..");
  }
}

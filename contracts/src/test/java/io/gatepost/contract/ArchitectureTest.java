package io.gatepost.contract;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(new ImportOption.DoNotIncludeJars())
          .importPackages("io.gatepost.contract");

  @Test
  void theWordsOfMailKnowNoTechnology() {
    noClasses()
        .that()
        .resideInAnyPackage("..address..", "..envelope..", "..reply..", "..event..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework..", "reactor..", "io.netty..", "org.apache.kafka..")
        .check(CLASSES);
  }

  /// The protocol and the tests build on it: they get no web server with it.
  @Test
  void portsNeedNoWebServer() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework.boot..",
            "org.springframework.web.reactive..",
            "org.springframework.http..",
            "reactor.netty..",
            "io.netty..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.gatepost.contract.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void nobodyHereKnowsAService() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.gatepost.edge..",
            "io.gatepost.routing..",
            "io.gatepost.verification..",
            "io.gatepost.scanner..",
            "io.gatepost.queue..",
            "io.gatepost.delivery..")
        .check(CLASSES);
  }
}

package io.gatepost.rpc;

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
          .importPackages("io.gatepost.rpc");

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.gatepost.rpc.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void callsKnowNoService() {
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

package io.gatepost.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
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
          .importPackages("io.gatepost.cli");

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.gatepost.cli.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  /// Libraries that are slow to load stay out: services, Spring's container, Kafka, Netty and the
  /// logging. Of Spring there are the annotations of the ports.
  @Test
  void commandsKnowTheirLibrariesOnly() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "java..",
                "io.gatepost.cli..",
                "io.gatepost.contract..",
                "org.jspecify.annotations..",
                "org.springframework.web.bind.annotation..",
                "org.springframework.web.service.annotation..",
                "picocli..",
                "reactor.core.publisher..",
                "tools.jackson.."))
        .check(CLASSES);
  }
}

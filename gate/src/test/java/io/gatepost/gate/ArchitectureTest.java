package io.gatepost.gate;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(new ImportOption.DoNotIncludeJars())
          .importPackages("io.gatepost.gate");

  @Test
  void theGateKnowsNoTechnology() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.springframework..",
            "org.apache.kafka..",
            "io.netty..",
            "reactor.netty..",
            "io.micrometer..",
            "java.net..",
            "java.sql..")
        .check(CLASSES);
  }

  @Test
  void theGateKnowsNoOtherModule() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.gatepost..").and(resideOutsideOfPackage("io.gatepost.gate..")))
        .check(CLASSES);
  }
}

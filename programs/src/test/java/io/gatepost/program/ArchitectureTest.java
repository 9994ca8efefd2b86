package io.gatepost.program;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
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
          .importPackages("io.gatepost.program");

  @Test
  void programsKnowBuffersAndNoOtherSpring() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.springframework..")
                .and(resideOutsideOfPackages("org.springframework.core.io.buffer..")))
        .check(CLASSES);
  }

  @Test
  void programsKnowNothingOfMail() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.gatepost..")
                .and(
                    resideOutsideOfPackages(
                        "io.gatepost.program..", "io.gatepost.contract.setting..")))
        .check(CLASSES);
  }
}

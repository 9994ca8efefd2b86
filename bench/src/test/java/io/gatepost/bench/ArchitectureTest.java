package io.gatepost.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "io.gatepost.bench",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("io.gatepost.bench.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule MEASURING_AND_REPORTING_KNOW_NO_MAIL =
      noClasses()
          .that()
          .resideInAnyPackage("..measure..", "..report..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..load..", "..mta..", "io.gatepost.bench");

  @ArchTest
  static final ArchRule GATEPOST_IS_SEEN_FROM_OUTSIDE_ONLY =
      noClasses()
          .that()
          .resideInAPackage("io.gatepost.bench..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.gatepost.contract..",
              "io.gatepost.smtp..",
              "io.gatepost.edge..",
              "io.gatepost.routing..",
              "io.gatepost.verification..",
              "io.gatepost.scanner..",
              "io.gatepost.queue..",
              "io.gatepost.delivery..",
              "io.gatepost.allinone..");
}

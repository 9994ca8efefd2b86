package io.gatepost.testkit.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// The rules that ARCHITECTURE.md promises, for one module's main code. Each method fails with an
/// [AssertionError] that names the arrow that is wrong.
public final class ModuleRules {

  private static final List<String> SERVICES =
      List.of("edge", "routing", "verification", "scanner", "queue", "delivery");

  private static final String[] NAMELESS = {
    "..util..", "..common..", "..helper..", "..impl..", "..manager..", "..dto..", "..model.."
  };

  private static final String[] TECHNOLOGY = {
    "org.springframework..",
    "reactor..",
    "org.apache.kafka..",
    "java.sql..",
    "javax.sql..",
    "io.netty..",
    "java.net..",
    "java.nio.channels.."
  };

  private final String root;
  private final JavaClasses classes;

  private ModuleRules(String root, JavaClasses classes) {
    this.root = root;
    this.classes = classes;
  }

  /// The rules for the classes of a module.
  ///
  /// @param root the module's base package
  public static ModuleRules of(String root) {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(new ImportOption.DoNotIncludeJars())
            .importPackages(root);
    if (classes.isEmpty()) {
      throw new AssertionError("no classes in " + root + ": the rules would hold for nothing");
    }
    return new ModuleRules(root, classes);
  }

  /// No package is called by a word that says nothing.
  public void packagesHaveNames() {
    noClasses().should().resideInAnyPackage(NAMELESS).check(classes);
  }

  /// Packages depend on one another in one direction.
  public void packagesHaveNoCycles() {
    slices().matching(root + ".(**)").should().beFreeOfCycles().check(classes);
  }

  /// A service knows no other service: they meet in `contracts`.
  public void servicesMeetInContracts() {
    String[] others =
        SERVICES.stream()
            .map(service -> "io.gatepost." + service)
            .filter(service -> !service.equals(root))
            .map(service -> service + "..")
            .toArray(String[]::new);
    noClasses().should().dependOnClassesThat().resideInAnyPackage(others).check(classes);
  }

  /// Domain packages know values only.
  ///
  /// @param packages below the module's base package
  public void arePure(String... packages) {
    String[] domain = Arrays.stream(packages).map(each -> root + each).toArray(String[]::new);
    noClasses()
        .that()
        .resideInAnyPackage(domain)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(TECHNOLOGY)
        .check(classes);
  }

  /// Kafka's clients come from `log-clients`, so that what the operator has set reaches them all.
  public void makesNoKafkaClients() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "org\\.apache\\.kafka\\.clients\\..*\\.Kafka(Producer|Consumer|AdminClient)")
        .orShould()
        .callMethodWhere(
            target(name("create")).and(target(owner(name("org.apache.kafka.clients.admin.Admin")))))
        .check(classes);
  }

  /// The module does without these technologies altogether.
  ///
  /// @param technologies such as `org.apache.kafka..`
  public void doesWithout(String... technologies) {
    noClasses().should().dependOnClassesThat().resideInAnyPackage(technologies).check(classes);
  }

  /// A package knows none of these technologies and packages. An IP address is a value, which it
  /// may know whatever becomes of `java.net`.
  ///
  /// @param home below the module's base package
  /// @param others such as `io.netty..`
  public void knowsNone(String home, String... others) {
    noClasses()
        .that()
        .resideInAPackage(root + home)
        .should()
        .dependOnClassesThat(resideInAnyPackage(others).and(not(assignableTo(InetAddress.class))))
        .check(classes);
  }

  /// Nothing knows a technology but the packages where it is at home.
  ///
  /// @param technology such as `org.apache.kafka..`
  /// @param homes below the module's base package
  public void livesOnlyIn(String technology, String... homes) {
    noClasses()
        .that()
        .resideOutsideOfPackages(Stream.of(homes).map(home -> root + home).toArray(String[]::new))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(technology)
        .check(classes);
  }
}

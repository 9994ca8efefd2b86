package io.gatepost.allinone.start;

import io.gatepost.allinone.log.LogOutput;
import io.gatepost.allinone.log.UnheardErrors;
import io.gatepost.contract.process.LogLines;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// Starts a Spring context the same way for the whole suite and for one service: settings from one
/// file, before which go environment variables and system properties in Spring's forms; health and
/// metrics over HTTP, no banner, no report of Spring's own.
public final class ServiceStart {

  private static final String DEPENDENCIES = "management.endpoint.health.group.dependencies.";

  /// Weaker than the settings file.
  private static final Map<String, Object> DEFAULTS =
      Map.ofEntries(
          Map.entry("server.port", "${gatepost.http.port:8080}"),
          Map.entry("server.address", "127.0.0.1"),
          Map.entry("server.shutdown", "immediate"),
          Map.entry(
              "management.endpoints.web.exposure.include",
              "health,info,metrics,prometheus,gates,circuitbreakers,circuitbreakerevents,"
                  + "timelimiters"),
          // There is no proxy before it. In Kubernetes Spring Boot would believe such headers of
          // anybody.
          Map.entry("server.forward-headers-strategy", "none"),
          // They are open without a token, and that of the breakers would also open and close them.
          Map.entry("management.endpoints.access.max-permitted", "read-only"),
          // There are none; looking for them logs what a stranger asks for.
          Map.entry("spring.web.resources.add-mappings", "false"),
          Map.entry("management.endpoint.health.probes.enabled", "true"),
          // Readiness is Spring's own: it listens and does not stop. What it depends on is told
          // beside it, as a client that is answered 451 is better off than one that is not
          // answered.
          Map.entry(DEPENDENCIES + "include", "queue,delivery,db,scanners,services"),
          Map.entry(DEPENDENCIES + "status.order", "DOWN,OUT_OF_SERVICE,UNREACHABLE,UP,UNKNOWN"),
          Map.entry(DEPENDENCIES + "status.http-mapping.down", "503"),
          Map.entry(DEPENDENCIES + "status.http-mapping.out-of-service", "503"),
          Map.entry(DEPENDENCIES + "status.http-mapping.unreachable", "503"),
          // A process has those of them that it has.
          Map.entry("management.endpoint.health.validate-group-membership", "false"),
          Map.entry("management.endpoint.health.show-components", "always"),
          Map.entry("management.endpoint.health.show-details", "always"),
          Map.entry("management.info.java.enabled", "true"),
          Map.entry("spring.application.name", "gatepost"),
          Map.entry("spring.kafka.bootstrap-servers", "127.0.0.1:9092"));

  /// Of a service that others call. When it is told to stop it takes no more calls, and ends those
  /// under way: their callers would not know what came of them. The time is for calls that are
  /// slower than all but a few.
  static final Map<String, Object> SERVICE_DEFAULTS =
      Map.of(
          "server.shutdown", "graceful",
          "spring.lifecycle.timeout-per-shutdown-phase", "15s");

  private ServiceStart() {}

  /// Starts the application of one service; throws [io.gatepost.cli.exit.CommandFailure] where a
  /// setting is at fault.
  ///
  /// @param overrides `key=value`, stronger than the settings file
  public static ConfigurableApplicationContext run(
      Class<?> application, Settings settings, List<String> overrides) {
    return run(application, settings, overrides, () -> {}, SERVICE_DEFAULTS);
  }

  /// The same for a service whose name logs and traces tell.
  ///
  /// @param name `spring.application.name`, where the settings name none
  /// @param overrides `key=value`, stronger than the settings file
  public static ConfigurableApplicationContext run(
      String name, Class<?> application, Settings settings, List<String> overrides) {
    Map<String, Object> defaults = new HashMap<>(SERVICE_DEFAULTS);
    defaults.put("spring.application.name", name);
    return run(application, settings, overrides, () -> {}, defaults);
  }

  /// Starts the application of the whole suite, whose parts call each other without HTTP; throws
  /// [io.gatepost.cli.exit.CommandFailure] where a setting is at fault.
  ///
  /// @param overrides `key=value`, stronger than the settings file
  /// @param first is run once all parts are made, which checks settings, tables and certificates,
  ///   and before any of them is started
  public static ConfigurableApplicationContext run(
      Class<?> application, Settings settings, List<String> overrides, Runnable first) {
    return run(application, settings, overrides, first, Map.of());
  }

  private static ConfigurableApplicationContext run(
      Class<?> application,
      Settings settings,
      List<String> overrides,
      Runnable first,
      Map<String, Object> furtherDefaults) {
    UnheardErrors.listen();
    SpringApplication spring = new SpringApplication(application);
    spring.setBannerMode(Banner.Mode.OFF);
    spring.setLogStartupInfo(false);
    spring.setRegisterShutdownHook(false); // the stop sequence closes it, before what it needs
    spring.setWebApplicationType(WebApplicationType.REACTIVE);
    spring.setDefaultProperties(defaults(settings.data(), furtherDefaults));
    spring.addInitializers(context -> {
      ConfigurableListableBeanFactory beans = context.getBeanFactory();
      beans.registerSingleton("logLines", (LogLines) LogOutput::whenWritten);
      beans.registerSingleton("meterDescriptions", new MeterDescriptions());
      beans.registerSingleton("first", new FirstStart(first));
    });
    try {
      return spring.run(arguments(settings, overrides));
    } catch (RuntimeException e) {
      throw SettingsFailure.of(e).orElseThrow(() -> e);
    }
  }

  private static Map<String, Object> defaults(Path data, Map<String, Object> further) {
    Map<String, Object> all = new HashMap<>(DEFAULTS);
    all.putAll(further);
    all.put("management.health.diskspace.path", existing(data).toString());
    return all;
  }

  /// The data directory, or what it will be made in: a service may run without one.
  private static Path existing(Path data) {
    Path place = data.toAbsolutePath();
    while (!Files.exists(place) && place.getParent() != null) {
      place = place.getParent();
    }
    return place;
  }

  /// Where its HTTP side listens.
  public static String httpAddress(ConfigurableApplicationContext context) {
    return context.getEnvironment().getProperty("server.address", "127.0.0.1")
        + ":"
        + httpPort(context);
  }

  /// Where this machine's clients find its HTTP side.
  public static URI httpUrl(ConfigurableApplicationContext context) {
    InetAddress address =
        context
            .getEnvironment()
            .getProperty("server.address", InetAddress.class, InetAddress.getLoopbackAddress());
    return httpUrl(address, httpPort(context));
  }

  /// Where this machine's clients find what listens at an address.
  public static URI httpUrl(InetAddress address, int port) {
    return URI.create(
        "http://"
            + (address.isAnyLocalAddress()
                ? "127.0.0.1:" + port
                : text(new InetSocketAddress(address, port))));
  }

  /// An address as it is written in a ready line.
  public static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }

  private static int httpPort(ConfigurableApplicationContext context) {
    return context instanceof WebServerApplicationContext web && web.getWebServer() != null
        ? web.getWebServer().getPort()
        : -1;
  }

  private static String[] arguments(Settings settings, List<String> overrides) {
    List<String> arguments = new ArrayList<>();
    // A location that names one file keeps every application.yml on the class path or in the
    // working directory out of it.
    Path file = settings.file().orElse(settings.data().resolve("gatepost.yaml"));
    arguments.add("--spring.config.location=optional:" + file.toAbsolutePath().toUri());
    arguments.add("--gatepost.data-dir=" + settings.data());
    overrides.forEach(override -> arguments.add("--" + override));
    return arguments.toArray(String[]::new);
  }
}

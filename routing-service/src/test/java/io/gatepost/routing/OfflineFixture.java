package io.gatepost.routing;

import io.gatepost.contract.address.DomainName;
import io.gatepost.dns.DnsProperties;
import io.gatepost.routing.check.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/// Settings with tables in files, bound as for a start.
final class OfflineFixture {

  private final Path directory;
  private final Map<String, String> settings = new HashMap<>();

  /// @param directory of the tables
  OfflineFixture(Path directory) {
    this.directory = directory;
  }

  /// @param name below `gatepost.routing`
  OfflineFixture with(String name, String value) {
    settings.put("gatepost.routing." + name, value);
    return this;
  }

  /// @param name below `gatepost.routing`, and of the file
  /// @param lines parts of one text, `~` ends a line
  OfflineFixture table(String name, String lines) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(file, lines.replace('~', '\n') + '\n');
    return with(name, file.toString());
  }

  OfflineRouting routing() {
    Binder binder = new Binder(new MapConfigurationPropertySource(settings));
    return new OfflineRouting(
        binder.bindOrCreate("gatepost.routing", RoutingProperties.class),
        binder.bindOrCreate("gatepost.dns", DnsProperties.class),
        new DomainName("mx.example.test"),
        directory);
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    try (OfflineRouting routing = routing()) {
      routing.check(findings::add);
    }
    return findings;
  }

  /// A finding as `severity kind file:line`.
  static String brief(Finding finding) {
    String where = finding.where();
    return finding.severity()
        + " "
        + finding.kind()
        + " "
        + where.substring(where.lastIndexOf('/') + 1);
  }
}

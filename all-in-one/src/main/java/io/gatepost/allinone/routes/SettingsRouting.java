package io.gatepost.allinone.routes;

import io.gatepost.allinone.AllInOneApplication;
import io.gatepost.allinone.start.Settings;
import io.gatepost.allinone.start.SettingsFailure;
import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.dns.DnsProperties;
import io.gatepost.edge.EdgeProperties;
import io.gatepost.routing.OfflineRouting;
import io.gatepost.routing.RoutingProperties;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The routing of settings that are bound as for a start.
final class SettingsRouting {

  private SettingsRouting() {}

  /// Reads settings and their tables; throws [io.gatepost.cli.exit.CommandFailure] where a setting
  /// is at fault.
  ///
  /// @param config the settings file; otherwise `gatepost.yaml` in the data directory
  /// @param data the data directory; otherwise `./data`
  static OfflineRouting read(Optional<Path> config, Optional<Path> data) {
    Settings settings = Settings.read(AllInOneApplication.class, config, data, List.of());
    return orFailure(() ->
        new OfflineRouting(
            settings.of(RoutingProperties.class),
            settings.of(DnsProperties.class),
            DomainName.of(settings.of(EdgeProperties.class).hostname()),
            settings.data()));
  }

  /// A setting that is at fault is the command's one line.
  static <T> T orFailure(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (SettingException e) {
      throw SettingsFailure.of(e).orElseThrow(() -> e);
    }
  }
}

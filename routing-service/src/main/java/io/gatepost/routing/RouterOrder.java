package io.gatepost.routing;

import static java.util.stream.Collectors.joining;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.Router;
import io.gatepost.routing.chain.RouterName;
import java.util.ArrayList;
import java.util.List;

/// The order in which routers are asked. It may name routers that are not configured; they are
/// passed over.
///
/// @param names each once, [RouterName#DNS] last and [RouterName#RELAY_CONTROL] before every router
///   that leads to the world
record RouterOrder(List<RouterName> names) {

  /// The setting's default.
  static final List<String> DEFAULT =
      RouterName.inDefaultOrder().stream().map(RouterName::toString).toList();

  private static final String KEY = "gatepost.routing.order";

  /// Reads the setting; throws [SettingException] that names the part that is wrong.
  static RouterOrder of(List<String> texts) {
    List<RouterName> names = new ArrayList<>();
    for (String text : texts) {
      RouterName name =
          RouterName.of(text.strip())
              .orElseThrow(() ->
                  new SettingException(KEY, text, "one of " + words(RouterName.inDefaultOrder())));
      if (names.contains(name)) {
        throw new SettingException(KEY, words(names) + ", " + name, name + " once");
      }
      names.add(name);
    }
    if (names.isEmpty() || names.getLast() != RouterName.DNS) {
      throw new SettingException(KEY, words(names), "dns as the last, as it answers every address");
    }
    for (RouterName name : names) {
      if (name == RouterName.RELAY_CONTROL) {
        break;
      }
      if (name.leadsToTheWorld()) {
        throw new SettingException(
            KEY, words(names), "relay-control before " + name + ", else strangers may relay");
      }
    }
    return new RouterOrder(List.copyOf(names));
  }

  /// Returns the configured routers in this order; throws [SettingException] where the order leaves
  /// one out.
  List<Router> arrange(List<Router> configured) {
    for (Router router : configured) {
      if (!names.contains(router.name())) {
        throw new SettingException(
            KEY, words(names), router.name() + " in the list, as it is configured");
      }
    }
    return names.stream()
        .flatMap(name -> configured.stream().filter(router -> router.name() == name))
        .toList();
  }

  private static String words(List<RouterName> names) {
    return names.stream().map(RouterName::toString).collect(joining(", "));
  }
}

package io.gatepost.routing.check;

import io.gatepost.routing.chain.RouterName;
import io.gatepost.routing.lookup.TableKeys;
import java.io.IOException;

/// A table of the settings.
///
/// @param router the one that answers from it
/// @param keys reads its keys
public record CheckedTable(RouterName router, Keys keys) {

  /// Reads the keys of a table, from the first to the last.
  public interface Keys {
    void forEach(TableKeys.Visitor visitor) throws IOException;
  }
}

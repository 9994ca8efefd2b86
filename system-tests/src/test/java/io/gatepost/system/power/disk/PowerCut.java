package io.gatepost.system.power.disk;

import java.util.List;

/// State of a disk at a power cut.
///
/// @param contents files with octets or a size that were not synced, by path from the root
/// @param names names that were given, changed or removed without a sync of their directory
public record PowerCut(Loss loss, List<String> contents, List<String> names) {

  public PowerCut {
    contents = List.copyOf(contents);
    names = List.copyOf(names);
  }
}

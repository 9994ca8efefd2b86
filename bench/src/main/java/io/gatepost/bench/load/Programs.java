package io.gatepost.bench.load;

import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Programs that are installed on this machine.
public final class Programs {

  private Programs() {}

  /// The path of one, also where the `sbin` directories are not on the user's path; the bare name
  /// where it is not installed.
  public static String find(String name) {
    List<String> directories =
        new ArrayList<>(
            List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)));
    directories.addAll(List.of("/usr/sbin", "/sbin", "/usr/local/sbin"));
    return directories.stream()
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse(name);
  }

  /// Whether it is installed.
  public static boolean isInstalled(String name) {
    return !find(name).equals(name);
  }

  public static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /// An address as programs want it.
  public static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}

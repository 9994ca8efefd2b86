package io.gatepost.allinone.callforward;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/// A site's tables as an operator may write them, made from a seed: its own domains, mailboxes,
/// aliases that point at each other, rewriting that may never end, departments and closed domains.
/// Names have the site's number in them, so that what is remembered of one site is not another's.
final class GeneratedSite {

  private static final List<String> USERS = List.of("ann", "bob", "eve", "info", "list", "loop");

  private final Random random;
  private final int number;

  GeneratedSite(int number, long seed) {
    this.number = number;
    this.random = new Random(seed);
  }

  /// Writes the tables into a directory and returns the settings that name them.
  Map<String, String> settings(Path directory) {
    Map<String, String> settings = new HashMap<>();
    settings.put("gatepost.routing.local-domains", domain("own") + "," + domain("own2"));
    settings.put("gatepost.routing.mailboxes", "ann,bob,eve@" + domain("own2"));
    table(settings, directory, "aliases", 8, this::alias);
    table(settings, directory, "virtusertable", 5, this::virtual);
    table(settings, directory, "regsub", 3, this::rule);
    table(settings, directory, "mailertable", 6, this::route);
    return settings;
  }

  /// An address of the site, or of nobody.
  String address() {
    String detail = random.nextInt(6) == 0 ? "+detail" : "";
    return pick(USERS) + detail + "@" + anyDomain();
  }

  private void table(
      Map<String, String> settings, Path directory, String name, int most, Supplier<String> line) {
    if (random.nextInt(5) == 0) {
      return;
    }
    List<String> lines = new ArrayList<>();
    List<String> keys = new ArrayList<>();
    int count = 1 + random.nextInt(most);
    for (int i = 0; i < count; i++) {
      String text = line.get();
      String key = text.substring(0, text.indexOf(' '));
      if (!keys.contains(key)) {
        keys.add(key);
        lines.add(text);
      }
    }
    try {
      Path file = Files.write(directory.resolve(name), lines);
      settings.put("gatepost.routing." + name, file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String alias() {
    String key = random.nextInt(4) == 0 ? plainAddress() : pick(USERS);
    if (random.nextInt(8) == 0) {
      return key + ": " + error();
    }
    List<String> members = new ArrayList<>();
    int count = random.nextInt(3) == 0 ? 2 + random.nextInt(3) : 1;
    for (int i = 0; i < count; i++) {
      members.add(random.nextInt(4) == 0 ? pick(USERS) : plainAddress());
    }
    return key + ": " + String.join(", ", members);
  }

  private String virtual() {
    return switch (random.nextInt(5)) {
      case 0 -> "@" + anyDomain() + " %1@" + anyDomain();
      case 1 -> "@" + anyDomain() + " " + error();
      case 2 -> plainAddress() + " " + error();
      default -> plainAddress() + " " + plainAddress();
    };
  }

  private String rule() {
    String from = anyDomain().replace(".", "\\.");
    return switch (random.nextInt(4)) {
      case 0 -> "/^(.*)@" + from + "$/ $1@" + anyDomain();
      case 1 -> "/^(l.*)@" + from + "$/ l$1@" + anyDomain(); // may grow without end
      case 2 -> "/^info@" + from + "$/ " + error();
      default -> "/^e(.*)@" + from + "$/ $1@" + anyDomain();
    };
  }

  private String route() {
    String key = random.nextInt(12) == 0 ? "." : pick(List.of(domain("dept"), domain("lab")));
    key = random.nextInt(8) == 0 ? "." + domain("site") : key;
    key = random.nextInt(5) == 0 ? domain("sub.site") : key;
    return key
        + " "
        + switch (random.nextInt(6)) {
          case 0, 1 ->
              "smtp:[10.%d.%d.%d]".formatted(number / 250, number % 250, random.nextInt(1, 4));
          case 2 -> "smtp:[host" + random.nextInt(3) + "." + domain("net") + "]";
          case 3 -> "smtp:" + domain("net" + random.nextInt(3));
          case 4 -> error();
          default -> "relay:[10." + number / 250 + "." + number % 250 + ".9]:2525";
        };
  }

  private String error() {
    return switch (random.nextInt(3)) {
      case 0 -> "error:5.1.1:550 nobody";
      case 1 -> "error:5.7.1:554 closed";
      default -> "error:4.3.0:451 later";
    };
  }

  private String plainAddress() {
    return pick(USERS) + "@" + anyDomain();
  }

  private String anyDomain() {
    return domain(
        pick(List.of("own", "own", "own2", "dept", "dept", "lab", "sub.site", "far", "far2")));
  }

  private String domain(String name) {
    return name + ".c" + number + ".example";
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}

package io.gatepost.program;

import io.gatepost.contract.setting.SettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// A user of this system with its group.
record Account(int uid, int gid) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,63}\\$?");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  /// The user that programs are run as, where it is another one than Gatepost's. Throws
  /// [SettingException] where there is no such user, where only root could do that, and where
  /// nothing is said and Gatepost is root.
  static Optional<Account> of(String key, String user) {
    return of(key, user, own());
  }

  static Optional<Account> of(String key, String user, int own) {
    if (user.isEmpty()) {
      if (own == 0) {
        throw new SettingException(
            key, user, "the user that the program runs as, as Gatepost runs as root");
      }
      return Optional.empty();
    }
    Account account = find(key, user);
    if (account.uid == own) {
      return Optional.empty();
    }
    if (own != 0) {
      throw new SettingException(
          key,
          user,
          "nothing, as Gatepost runs as user "
              + own
              + ", and root alone may run programs as another user");
    }
    return Optional.of(account);
  }

  private static Account find(String key, String user) {
    if (NUMBER.matcher(user).matches()) {
      int id = Integer.parseInt(user);
      return new Account(id, id);
    }
    if (NAME.matcher(user).matches()) {
      Optional<Integer> uid = ask(key, "-u", user);
      Optional<Integer> gid = ask(key, "-g", user);
      if (uid.isPresent() && gid.isPresent()) {
        return new Account(uid.get(), gid.get());
      }
    }
    throw new SettingException(key, user, "name or number of a user of this system");
  }

  private static Optional<Integer> ask(String key, String option, String user) {
    try {
      Process id =
          new ProcessBuilder(Tools.path(key, "id"), option, user)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String answer = new String(id.getInputStream().readNBytes(64), StandardCharsets.US_ASCII);
      return NUMBER.matcher(answer.strip()).matches()
          ? Optional.of(Integer.parseInt(answer.strip()))
          : Optional.empty();
    } catch (IOException e) {
      throw new SettingException(key, user, "a user that can be looked up (" + e + ")");
    }
  }

  private static int own() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new IllegalStateException("/proc/self", e);
    }
  }
}

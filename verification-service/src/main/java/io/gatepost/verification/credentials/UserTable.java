package io.gatepost.verification.credentials;

import io.gatepost.contract.digest.Sha256;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.verification.user.UserName;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The users and what is kept of their passwords: one `user:secret` a line, `#` for comments. A
/// secret is a bcrypt hash (`$2a$`, `$2b$`, `$2y$`), an argon2id hash (`$argon2id$`), or
/// `{SCRAM-SHA-256}iterations,salt,storedKey,serverKey` in base64. Only with the last can a user
/// authenticate by SCRAM-SHA-256; each serves PLAIN and LOGIN.
public final class UserTable {

  /// No users.
  public static final UserTable EMPTY = new UserTable(Map.of());

  private static final String SCRAM = "{SCRAM-SHA-256}";

  /// RFC 7677 §4.
  private static final int MIN_ITERATIONS = 4096;

  private static final int MAX_ITERATIONS = 10_000_000;
  private static final int USUAL_SALT_OCTETS = 16;

  /// Of a hash, up to where its costs stand: `$2b$12`.
  private static final int PARAMETERS_LENGTH = 6;

  private final Map<UserName, Secret> users;
  private final Optional<Secret> decoy;
  private final int iterations;
  private final int saltOctets;

  private UserTable(Map<UserName, Secret> users) {
    this.users = users;
    this.decoy = commonest(users.values(), UserTable::kind);
    Optional<Secret> scram =
        commonest(
            users.values().stream().filter(Secret.ScramKeys.class::isInstance).toList(),
            UserTable::kind);
    if (scram.isPresent() && scram.get() instanceof Secret.ScramKeys keys) {
      this.iterations = keys.iterations();
      this.saltOctets = keys.salt().length;
    } else {
      this.iterations = MIN_ITERATIONS;
      this.saltOctets = USUAL_SALT_OCTETS;
    }
  }

  /// Parameters of users that look the same to a client, and cost an attempt as much.
  private record Kind(String prefix, int iterations, int saltOctets) {}

  private static Kind kind(Secret secret) {
    return switch (secret) {
      case Secret.Hash(var encoded) ->
          new Kind(encoded.substring(0, Math.min(encoded.length(), PARAMETERS_LENGTH)), 0, 0);
      case Secret.ScramKeys keys -> new Kind(SCRAM, keys.iterations(), keys.salt().length);
    };
  }

  private static Optional<Secret> commonest(
      Collection<Secret> secrets, Function<Secret, Kind> kind) {
    Map<Kind, List<Secret>> byKind = secrets.stream().collect(Collectors.groupingBy(kind));
    return byKind.values().stream().max(Comparator.comparingInt(List::size)).map(List::getFirst);
  }

  /// Reads the table; throws [SettingException] that names the line which is wrong, and not the
  /// secret in it.
  public static UserTable parse(String file, List<String> lines) {
    Map<UserName, Secret> users = new HashMap<>();
    int number = 0;
    for (String line : lines) {
      number++;
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      int colon = text.indexOf(':');
      Optional<Secret> secret = colon <= 0 ? Optional.empty() : secret(text.substring(colon + 1));
      if (secret.isEmpty()) {
        throw new SettingException(
            file + " line " + number,
            colon <= 0 ? "…" : text.substring(0, colon) + ":…",
            "user:hash with bcrypt, argon2id or"
                + " {SCRAM-SHA-256}iterations,salt,storedKey,serverKey");
      }
      if (users.put(UserName.of(text.substring(0, colon)), secret.get()) != null) {
        throw new SettingException(
            file + " line " + number, text.substring(0, colon), "each user once");
      }
    }
    return new UserTable(Map.copyOf(users));
  }

  Optional<Secret> secret(UserName user) {
    return Optional.ofNullable(users.get(user));
  }

  /// A secret of the commonest kind, to be compared where there is no such user, so that it takes
  /// as long; none in an empty table.
  Optional<Secret> decoy() {
    return decoy;
  }

  /// Returns a user's SCRAM parameters. A user who has none gets some that look like most users'
  /// (RFC 5802 §9) and do not change with the table: they are made of the name and a secret. Where
  /// what is usual changes, the salt does too, as with a new password.
  ///
  /// @param secret of at least one octet, always the same
  Secret.ScramKeys scramKeys(UserName user, byte[] secret) {
    if (users.get(user) instanceof Secret.ScramKeys keys) {
      return keys;
    }
    byte[] salt = new byte[saltOctets];
    byte[] made = new byte[0];
    for (int at = 0; at < salt.length; at++) {
      int within = at % Scram.KEY_OCTETS;
      if (within == 0) {
        String what = iterations + "," + saltOctets + "," + at + "," + user;
        made = Sha256.hmac(secret, what.getBytes(StandardCharsets.UTF_8));
      }
      salt[at] = made[within];
    }
    return new Secret.ScramKeys(iterations, salt, made, made);
  }

  private static Optional<Secret> secret(String text) {
    if (text.startsWith("$2a$") || text.startsWith("$2b$") || text.startsWith("$2y$")) {
      return Optional.of(new Secret.Hash(text));
    }
    if (text.startsWith("$argon2id$")) {
      return Optional.of(new Secret.Hash(text));
    }
    return text.startsWith(SCRAM) ? scram(text.substring(SCRAM.length())) : Optional.empty();
  }

  private static Optional<Secret> scram(String text) {
    String[] parts = text.split(",", -1);
    if (parts.length != 4) {
      return Optional.empty();
    }
    try {
      int iterations = Integer.parseInt(parts[0]);
      byte[] salt = Base64.getDecoder().decode(parts[1]);
      byte[] storedKey = Base64.getDecoder().decode(parts[2]);
      byte[] serverKey = Base64.getDecoder().decode(parts[3]);
      boolean sound =
          iterations >= MIN_ITERATIONS
              && iterations <= MAX_ITERATIONS
              && salt.length > 0
              && storedKey.length == Scram.KEY_OCTETS
              && serverKey.length == Scram.KEY_OCTETS;
      return sound
          ? Optional.of(new Secret.ScramKeys(iterations, salt, storedKey, serverKey))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}

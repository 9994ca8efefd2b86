package io.gatepost.scanner;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.scanner.body.Replacements;
import io.gatepost.scanner.cache.VerdictCache;
import io.gatepost.scanner.plan.Action;
import io.gatepost.scanner.plan.MailClass;
import io.gatepost.scanner.plan.ScannerRule;
import io.gatepost.scanner.plan.TotalRule;
import io.gatepost.scanner.plan.Unavailable;
import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.scanner.socket.ScannerUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

/// Settings of content scanning.
///
/// @param scanners which there are; the built-in one where the key is not there at all, none where
///   it is empty
/// @param timeout how long one scan may take, where a scanner's own settings do not say
/// @param maxWait how long a scan waits for a slot, where a scanner's own settings do not say
/// @param total thresholds for the points of all scanners together
/// @param cache what is kept of answers
/// @param replacement where bodies are kept that milters put in place of others
@ConfigurationProperties(prefix = "gatepost.scanner", ignoreUnknownFields = false)
public record ScannerProperties(
    @Nullable List<ScannerSetting> scanners,
    @DefaultValue("20s") Duration timeout,
    @DefaultValue("5s") Duration maxWait,
    @DefaultValue Thresholds total,
    @DefaultValue Cache cache,
    @DefaultValue Replacement replacement) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,30}");

  public ScannerProperties {
    aboveZero("gatepost.scanner.timeout", timeout);
    notNegative("gatepost.scanner.max-wait", maxWait);
    if (scanners != null) {
      scanners = List.copyOf(scanners);
      check(scanners);
    }
  }

  /// The scanners that are set up.
  List<ScannerSetting> listed() {
    return scanners == null ? List.of(ScannerSetting.BUILT_IN) : scanners;
  }

  private static void check(List<ScannerSetting> scanners) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < scanners.size(); i++) {
      String name = scanners.get(i).name();
      String key = "gatepost.scanner.scanners[" + i + "].name";
      if (!NAME.matcher(name).matches() || name.equals("total")) {
        throw new SettingException(key, name, "lower-case letters, digits and hyphens, not total");
      }
      if (!names.add(name)) {
        throw new SettingException(key, name, "a name that no other scanner has");
      }
    }
  }

  static void aboveZero(String key, Duration time) {
    if (time.isNegative() || time.isZero()) {
      throw new SettingException(key, time, "a duration above zero");
    }
  }

  static void notNegative(String key, Duration time) {
    if (time.isNegative()) {
      throw new SettingException(key, time, "a duration of zero or more");
    }
  }

  /// @param refuseAbove points from which on a message is refused
  /// @param quarantineAbove points from which on it is put aside
  /// @param markAbove points from which on it is marked
  public record Thresholds(
      @Nullable Double refuseAbove, @Nullable Double quarantineAbove, @Nullable Double markAbove) {

    TotalRule rule() {
      return new TotalRule(
          Optional.ofNullable(refuseAbove),
          Optional.ofNullable(quarantineAbove),
          Optional.ofNullable(markAbove));
    }
  }

  /// Kept answers of scanners that tell their version.
  ///
  /// @param size answers of each scanner, 0 to 10000000; 0 for none
  /// @param bad how long it is believed that a message is bad
  /// @param clean how long that it is not
  /// @param maxContent answers about larger messages are not kept; 0 to 1GB
  public record Cache(
      @DefaultValue("10000") int size,
      @DefaultValue("1h") Duration bad,
      @DefaultValue("5m") Duration clean,
      @DefaultValue("64MB") DataSize maxContent) {

    private static final String KEY = "gatepost.scanner.cache.";
    private static final DataSize MOST = DataSize.ofGigabytes(1);

    public Cache {
      if (size < 0 || size > 10_000_000) {
        throw new SettingException(KEY + "size", size, "0 to 10000000");
      }
      aboveZero(KEY + "bad", bad);
      aboveZero(KEY + "clean", clean);
      if (maxContent.isNegative() || maxContent.compareTo(MOST) > 0) {
        throw new SettingException(KEY + "max-content", maxContent, "0 to 1GB");
      }
    }

    VerdictCache.Limits limits() {
      return new VerdictCache.Limits(size, bad, clean);
    }
  }

  /// The bodies that milters put in place of others, until the edge has them: each for five minutes
  /// at most.
  ///
  /// @param directory for those of more than 64 KiB; the system's own for such files where empty
  /// @param maxSize the largest message with another body; 1KB to 1TB
  /// @param most at a time, 1 to 10000; each of more than 64 KiB takes an open file
  public record Replacement(
      @DefaultValue("") String directory,
      @DefaultValue("100MB") DataSize maxSize,
      @DefaultValue("200") int most) {

    private static final String KEY = "gatepost.scanner.replacement.";

    public Replacement {
      if (maxSize.toBytes() < 1024 || maxSize.compareTo(DataSize.ofTerabytes(1)) > 0) {
        throw new SettingException(KEY + "max-size", maxSize, "1KB to 1TB");
      }
      if (most < 1 || most > 10_000) {
        throw new SettingException(KEY + "most", most, "1 to 10000");
      }
    }

    Replacements kept() {
      return Replacements.in(
          KEY + "directory",
          directory.isBlank() ? System.getProperty("java.io.tmpdir") : directory.strip(),
          maxSize.toBytes(),
          most);
    }
  }

  /// One scanner.
  ///
  /// @param name in logs, metrics and marks
  /// @param address where it listens: `host:port`, `unix:/path`, or a URL, as its type has it
  /// @param slots how many scans run at a time, in each instance of scanner-gateway
  /// @param places how many wait, of each class
  /// @param timeout how long one scan may take
  /// @param maxWait how long a scan waits for a slot
  /// @param refuseAbove points from which on a message is bad
  /// @param quarantineAbove points from which on it is put aside
  /// @param markAbove points from which on it is marked
  /// @param classes for which it is asked, `for` in the settings; all where nothing is said
  /// @param unavailable what becomes of mail that it cannot look at
  /// @param lateFor classes that `late` holds for; the others are deferred
  /// @param actions what is done about bad mail, one for each class
  /// @param maxSize larger messages are not given to it; where nothing is said, of rspamd 50 MiB
  ///   and of spamd 512 KiB
  /// @param passwordFile a file with the password that the scanner asks for, of rspamd
  /// @param user whose preferences spamd goes by; its own where empty
  /// @param replacesBody whether it may put another body in place of the message's, of milters
  /// @param command the program and how it is run, of those that are one
  public record ScannerSetting(
      String name,
      ScannerType type,
      @DefaultValue("") String address,
      @DefaultValue("4") int slots,
      @DefaultValue("1000") int places,
      @Nullable Duration timeout,
      @Nullable Duration maxWait,
      @Nullable Double refuseAbove,
      @Nullable Double quarantineAbove,
      @Nullable Double markAbove,
      @Name("for") @DefaultValue List<MailClass> classes,
      @DefaultValue("defer") Unavailable unavailable,
      @DefaultValue({"authenticated", "internal"}) List<MailClass> lateFor,
      @DefaultValue Map<MailClass, Action> actions,
      @DefaultValue("1TB") DataSize maxSize,
      @DefaultValue("") String passwordFile,
      @DefaultValue("") String user,
      @DefaultValue("false") boolean replacesBody,
      @DefaultValue CommandSetting command) {

    private static final DataSize NO_LIMIT = DataSize.ofTerabytes(1);

    static final ScannerSetting BUILT_IN =
        new ScannerSetting(
            "test-strings",
            ScannerType.PATTERN,
            "",
            64,
            1000,
            null,
            null,
            null,
            null,
            null,
            List.of(),
            Unavailable.DEFER,
            List.of(),
            Map.of(),
            NO_LIMIT,
            "",
            "",
            false,
            CommandSetting.NONE);

    public ScannerSetting {
      classes = List.copyOf(classes);
      lateFor = List.copyOf(lateFor);
      actions = Map.copyOf(actions);
      check("slots", slots, 1, 10_000);
      check("places", places, 0, 100_000);
      if (maxSize.toBytes() < 1) {
        throw new SettingException(key("max-size"), maxSize, "a size above zero");
      }
      if (timeout != null) {
        aboveZero(key("timeout"), timeout);
      }
      if (maxWait != null) {
        notNegative(key("max-wait"), maxWait);
      }
    }

    private String key(String key) {
      return "gatepost.scanner.scanners[" + name + "]." + key;
    }

    private void check(String key, int value, int least, int most) {
      if (value < least || value > most) {
        throw new SettingException(key(key), value, least + " to " + most);
      }
    }

    /// The scanner's address, for those that have one.
    ScannerAddress socket() {
      return ScannerAddress.of(key("address"), address);
    }

    /// The scanner, where it is a program; makes a trial of how it is run.
    Scanner program(Duration timeoutOfAll) {
      return command.scanner(key("command"), timeout == null ? timeoutOfAll : timeout);
    }

    /// The scanner's URL, for those that speak HTTP.
    URI url(String example) {
      return ScannerUrl.of(key("address"), address, example);
    }

    /// The size beyond which a message is not given to it, in octets.
    long maxOctets(long whereNothingIsSaid) {
      return maxSize.equals(NO_LIMIT) ? whereNothingIsSaid : maxSize.toBytes();
    }

    /// The user that spamd is told of, where there is one.
    Optional<String> spamdUser() {
      if (user.length() > 256 || user.chars().anyMatch(Character::isISOControl)) {
        throw new SettingException(key("user"), user, "at most 256 characters, none of control");
      }
      return user.isBlank() ? Optional.empty() : Optional.of(user.strip());
    }

    /// The password that the scanner asks for, the file's first line; empty where there is none.
    String password() {
      if (passwordFile.isBlank()) {
        return "";
      }
      try (Stream<String> lines = Files.lines(Path.of(passwordFile.strip()))) {
        return lines.findFirst().map(String::strip).filter(line -> !line.isEmpty()).orElseThrow();
      } catch (IOException
          | UncheckedIOException
          | InvalidPathException
          | NoSuchElementException e) {
        throw new SettingException(
            key("password-file"), passwordFile, "a file that can be read, with a password in it");
      }
    }

    ScannerRule rule() {
      return new ScannerRule(
          name,
          asked(),
          Optional.ofNullable(refuseAbove),
          Optional.ofNullable(quarantineAbove),
          Optional.ofNullable(markAbove),
          unavailableByClass(),
          actions);
    }

    /// The classes of mail for which it is asked.
    Set<MailClass> asked() {
      return classes.isEmpty() ? Set.of(MailClass.values()) : Set.copyOf(classes);
    }

    private Map<MailClass, Unavailable> unavailableByClass() {
      Map<MailClass, Unavailable> all = new EnumMap<>(MailClass.class);
      for (MailClass each : MailClass.values()) {
        all.put(
            each,
            unavailable == Unavailable.LATE && !lateFor.contains(each)
                ? Unavailable.DEFER
                : unavailable);
      }
      return all;
    }
  }

  /// The protocols.
  public enum ScannerType {
    PATTERN,
    CLAMD,
    SPAMD,
    RSPAMD,
    MILTER,
    COMMAND,
    HTTP
  }
}

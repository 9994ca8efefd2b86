package io.gatepost.delivery;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.delivery.DeliveryProperties.Tls;
import io.gatepost.delivery.transport.smtp.SmartHost;
import io.gatepost.smtp.client.auth.Credentials;
import io.gatepost.smtp.client.auth.Credentials.Exposure;
import java.io.File;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// A host that mail is sent through on terms of its own.
///
/// @param host its name as the route gives it, or an address literal; with a colon and a port, that
///   port only. Where the route goes by MX, the name of the one domain stands for all of its mail
///   exchangers
/// @param user who we are there; without one AUTH is not used
/// @param tls what becomes of STARTTLS
/// @param trust a file of certificates in PEM that its certificate is checked against; without one
///   those that Java trusts
/// @param passwordInClear whether the password may go over a connection that is not encrypted, or
///   to a host whose certificate is not looked at
public record SmartHostProperties(
    @DefaultValue("") String host,
    @DefaultValue("") String user,
    @DefaultValue("") String password,
    @DefaultValue("required") Tls tls,
    @DefaultValue("") String trust,
    @DefaultValue("false") boolean passwordInClear) {

  private static final String PREFIX = "gatepost.delivery.smart-hosts.";

  /// A name or a literal in brackets, and a port.
  private static final Pattern HOST = Pattern.compile("(\\[[^]]*]|[^:\\[\\]]+)(:[0-9]{1,5})?");

  public SmartHostProperties {
    host = asRouted(host.strip());
    if (user.isEmpty() != password.isEmpty()) {
      throw new SettingException(PREFIX + "user", user, "both user and password, or neither");
    }
    if (tls != Tls.REQUIRED && !user.isEmpty() && !passwordInClear) {
      throw new SettingException(
          PREFIX + "tls",
          tls.name().toLowerCase(Locale.ROOT),
          "required where there is a password, as only then the host proves who it is; or"
              + " password-in-clear: true");
    }
    if (!trust.isEmpty() && !new File(trust).canRead()) {
      throw new SettingException(PREFIX + "trust", trust, "a file that can be read");
    }
  }

  /// The host as routes name it, with its port where one is given.
  private static String asRouted(String host) {
    Matcher parts = HOST.matcher(host);
    try {
      if (parts.matches()) {
        String port = parts.group(2) == null ? "" : parts.group(2);
        return DomainName.listed(parts.group(1)).text() + port;
      }
    } catch (IllegalArgumentException e) {
      throw notAHost(host);
    }
    throw notAHost(host);
  }

  private static SettingException notAHost(String host) {
    return new SettingException(
        PREFIX + "host", host, "a host's name or address literal, with or without a port");
  }

  /// Without the password, which has no place in a log.
  @Override
  public String toString() {
    return "SmartHostProperties[host=%s, user=%s, tls=%s]".formatted(host, user, tls);
  }

  /// The terms that these settings make.
  SmartHost terms() {
    Optional<Credentials> credentials =
        user.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Credentials(
                    user, password, passwordInClear ? Exposure.ANYWHERE : Exposure.ENCRYPTED_ONLY));
    try {
      return switch (tls) {
        case OFF -> SmartHost.plain(credentials);
        case OPPORTUNISTIC -> SmartHost.opportunistic(credentials);
        case REQUIRED ->
            SmartHost.required(
                credentials, trust.isEmpty() ? Optional.empty() : Optional.of(new File(trust)));
      };
    } catch (SSLException | IllegalArgumentException e) {
      throw new SettingException(PREFIX + "trust", trust, "a file of certificates in PEM");
    }
  }
}

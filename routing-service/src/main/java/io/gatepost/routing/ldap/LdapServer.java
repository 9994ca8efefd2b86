package io.gatepost.routing.ldap;

import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPURL;
import io.gatepost.contract.setting.SettingException;

/// One server of the directory.
///
/// @param host name or address, to which the certificate has to belong
/// @param port 1 to 65535
/// @param tls whether the connection is in TLS from its first octet
record LdapServer(String host, int port, boolean tls) {

  static final String EXPECTED = "ldap://host, ldap://host:port or ldaps://host:port";

  /// Reads a URL (RFC 4516) of a server and nothing more; throws [SettingException].
  static LdapServer parse(String key, String url) {
    try {
      LDAPURL parsed = new LDAPURL(url.strip());
      boolean ldaps = parsed.getScheme().equals("ldaps");
      String host = parsed.getHost();
      if (host != null
          && (ldaps || parsed.getScheme().equals("ldap"))
          && !parsed.baseDNProvided()
          && !parsed.attributesProvided()
          && !parsed.scopeProvided()
          && !parsed.filterProvided()) {
        return new LdapServer(host, parsed.getPort(), ldaps);
      }
    } catch (LDAPException e) {
      throw new SettingException(key, url, EXPECTED);
    }
    throw new SettingException(key, url, EXPECTED);
  }

  @Override
  public String toString() {
    return (tls ? "ldaps://" : "ldap://") + host + ':' + port;
  }
}

/// Addresses from an LDAP directory (requirement C10): the laser schema
/// (draft-lachman-laser-ldap-mail-routing), or a filter of the operator's. Entry type [LdapSource].
/// The only package that knows the LDAP library.
@NullMarked
package io.gatepost.routing.ldap;

import org.jspecify.annotations.NullMarked;

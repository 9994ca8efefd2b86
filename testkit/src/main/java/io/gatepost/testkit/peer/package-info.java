/// Other people's programs that tests run beside Gatepost: Postfix's smtp-source and smtp-sink,
/// swaks, strace, OpenLDAP, NSD, Unbound. `./gatepost test` installs them where it can; a test that
/// needs a missing one is skipped and says so.
@NullMarked
package io.gatepost.testkit.peer;

import org.jspecify.annotations.NullMarked;

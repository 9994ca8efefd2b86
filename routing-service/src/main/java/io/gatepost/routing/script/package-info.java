/// Users' scripts in a directory, and what they say of mail for their mailboxes: entry type
/// [SieveFilter]. What a script means is known in `sieve`.
@NullMarked
package io.gatepost.routing.script;

import org.jspecify.annotations.NullMarked;

/// The ways of mail, from client to mailbox or next hop.
@NullMarked
package io.gatepost.system.scenarios;

import org.jspecify.annotations.NullMarked;

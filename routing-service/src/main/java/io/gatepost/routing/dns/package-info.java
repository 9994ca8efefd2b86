/// Mail hosts by DNS: entry type [MailDns].
@NullMarked
package io.gatepost.routing.dns;

import org.jspecify.annotations.NullMarked;

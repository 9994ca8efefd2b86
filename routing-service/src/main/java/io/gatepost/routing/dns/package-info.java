/// Mail hosts by DNS through dnsjava: entry type [MailDns].
@NullMarked
package io.gatepost.routing.dns;

import org.jspecify.annotations.NullMarked;

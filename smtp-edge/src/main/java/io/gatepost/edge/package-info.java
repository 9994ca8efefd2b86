/// The SMTP conversation: protocol, gatekeeping policy, reply. Entry type [EdgeConfiguration].
@NullMarked
package io.gatepost.edge;

import org.jspecify.annotations.NullMarked;

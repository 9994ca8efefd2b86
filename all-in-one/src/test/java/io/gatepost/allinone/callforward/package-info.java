/// Routing and verification together: what one says of an address, the other has to say too.
@NullMarked
package io.gatepost.allinone.callforward;

import org.jspecify.annotations.NullMarked;

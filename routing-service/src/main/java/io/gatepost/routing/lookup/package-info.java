/// Look-up in tables, text or cdb: entry types [Entries] and [LookupOrder]. Knows keys, not values.
@NullMarked
package io.gatepost.routing.lookup;

import org.jspecify.annotations.NullMarked;

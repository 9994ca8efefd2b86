/// Values of tables: entry type [Value]. Pure: text in, what a router says out.
@NullMarked
package io.gatepost.routing.value;

import org.jspecify.annotations.NullMarked;

/// Address in, destinations or a refusal out. Entry type [RoutingConfiguration].
@NullMarked
package io.gatepost.routing;

import org.jspecify.annotations.NullMarked;

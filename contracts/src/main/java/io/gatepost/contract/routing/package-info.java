/// The Routing port: address in, destinations or a refusal out. Entry type [Routing].
@NullMarked
package io.gatepost.contract.routing;

import org.jspecify.annotations.NullMarked;

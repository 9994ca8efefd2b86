/// Looks for mistakes in the sources of addresses, and compares two of them, without asking
/// anything over the network: entry types [RoutesCheck] and [RoutesDiff]. Pure: routers, tables and
/// answers are given to it.
@NullMarked
package io.gatepost.routing.check;

import org.jspecify.annotations.NullMarked;

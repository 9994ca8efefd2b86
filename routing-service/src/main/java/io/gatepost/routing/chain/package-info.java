/// The ordered chain of routers: entry type [RoutingChain]. Pure: tables and DNS are given to it.
@NullMarked
package io.gatepost.routing.chain;

import org.jspecify.annotations.NullMarked;

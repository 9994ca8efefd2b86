package io.gatepost.routing;

import io.gatepost.routing.table.Aliases;
import io.gatepost.routing.table.LocalDomains;
import io.gatepost.routing.table.Mailertable;
import java.util.function.Supplier;

/// The tables as they are now.
record RoutingTables(
    Supplier<LocalDomains> local, Supplier<Aliases> aliases, Supplier<Mailertable> mailertable) {}

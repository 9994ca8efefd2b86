/// Text tables and their reload: entry types [Aliases], [Mailertable], [LocalDomains],
/// [ReloadingTable].
@NullMarked
package io.gatepost.routing.table;

import org.jspecify.annotations.NullMarked;

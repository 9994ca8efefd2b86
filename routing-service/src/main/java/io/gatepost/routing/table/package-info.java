/// Text tables: entry types [Aliases], [Mailertable], [LocalDomains].
@NullMarked
package io.gatepost.routing.table;

import org.jspecify.annotations.NullMarked;

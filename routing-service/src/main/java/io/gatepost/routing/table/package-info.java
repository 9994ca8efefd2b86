/// The tables of an operator, text or cdb: entry types [Aliases], [Virtusertable], [Regsub],
/// [Mailertable] and [LocalDomains].
@NullMarked
package io.gatepost.routing.table;

import org.jspecify.annotations.NullMarked;

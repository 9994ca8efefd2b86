/// Questions to the DNS, asynchronous and bounded: entry type [Dns], made by [NameServers]. The
/// only place of dnsjava; knows no service.
@NullMarked
package io.gatepost.dns;

import org.jspecify.annotations.NullMarked;

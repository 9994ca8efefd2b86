/// The Clients port over HTTP: entry type [ClientsController].
@NullMarked
package io.gatepost.edge.http;

import org.jspecify.annotations.NullMarked;

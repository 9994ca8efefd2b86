/// The Routing port over HTTP.
@NullMarked
package io.gatepost.routing.http;

import org.jspecify.annotations.NullMarked;

/// The Delivery port over HTTP.
@NullMarked
package io.gatepost.delivery.http;

import org.jspecify.annotations.NullMarked;

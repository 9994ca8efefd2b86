/// The Scanning port over HTTP.
@NullMarked
package io.gatepost.scanner.http;

import org.jspecify.annotations.NullMarked;

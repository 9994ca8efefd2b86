/// The Verification port over HTTP.
@NullMarked
package io.gatepost.verification.http;

import org.jspecify.annotations.NullMarked;

/// Asks next hops about addresses: entry type [CallForward]. Questions share answers, outlive those
/// who ask, and are bounded for each back end.
@NullMarked
package io.gatepost.verification.probe;

import org.jspecify.annotations.NullMarked;

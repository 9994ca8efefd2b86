/// A collector of traces, as OpenTelemetry's exporters see one.
@NullMarked
package io.gatepost.testkit.collector;

import org.jspecify.annotations.NullMarked;

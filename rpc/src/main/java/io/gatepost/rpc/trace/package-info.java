/// Traces: the pieces of work that one message causes in all services, sent to a collector where
/// `management.opentelemetry.tracing.export.otlp.endpoint` names one. Entry type: [Traces], and
/// [Span] for what is part of one. Calls between processes are traced by Spring itself.
@NullMarked
package io.gatepost.rpc.trace;

import org.jspecify.annotations.NullMarked;

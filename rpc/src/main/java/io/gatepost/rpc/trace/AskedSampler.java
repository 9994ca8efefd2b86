package io.gatepost.rpc.trace;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;

/// Begins no trace with a call to another service: what is asked for no message and no caller, such
/// as the backlog of late scans every few seconds, would be most traces of a quiet suite.
///
/// @param others decides on all other spans
record AskedSampler(Sampler others) implements Sampler {

  @Override
  public SamplingResult shouldSample(
      Context parentContext,
      String traceId,
      String name,
      SpanKind spanKind,
      Attributes attributes,
      List<LinkData> parentLinks) {
    boolean isFirst = !Span.fromContext(parentContext).getSpanContext().isValid();
    return isFirst && spanKind == SpanKind.CLIENT
        ? SamplingResult.drop()
        : others.shouldSample(parentContext, traceId, name, spanKind, attributes, parentLinks);
  }

  @Override
  public String getDescription() {
    return "Asked{" + others.getDescription() + "}";
  }
}

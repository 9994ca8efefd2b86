/// How contract types are written as octets, in the log and between services: entry types
/// [EnvelopeRecordCodec], [ConclusionCodec] and [OutcomeRecordCodec]. Golden files pin the form;
/// changes are additive only.
@NullMarked
package io.gatepost.contract.wire;

import org.jspecify.annotations.NullMarked;

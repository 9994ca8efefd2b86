/// Gatepost beside other mail systems on the same machine, under the same load, in the same run.
/// Entry type [Bench]: one command per question, each of which drives a load from
/// [io.gatepost.bench.load] at systems from [io.gatepost.bench.mta], meters them with
/// [io.gatepost.bench.measure] and hands figures to [io.gatepost.bench.report]. Sees Gatepost only
/// from outside, as its users do: through the launcher and SMTP.
@NullMarked
package io.gatepost.bench;

import org.jspecify.annotations.NullMarked;

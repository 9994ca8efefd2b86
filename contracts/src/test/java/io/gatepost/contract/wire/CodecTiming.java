package io.gatepost.contract.wire;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.OutcomeRecord;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;

/// Cost of the record codecs, once warm, in nanoseconds of CPU a call. Run by hand: no test, as the
/// figures are the machine's.
public final class CodecTiming {

  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
  private static final int CALLS = 400_000;
  private static final int ROUNDS = 6;

  private CodecTiming() {}

  public static void main(String[] arguments) {
    EnvelopeRecord message = Examples.plainMessage();
    byte[] octets = EnvelopeRecordCodec.encode(message);
    OutcomeRecord outcome = Examples.deliveredAtOnce();
    byte[] outcomeOctets = OutcomeRecordCodec.encode(outcome);
    System.out.println(new String(octets, StandardCharsets.UTF_8));
    System.out.println(new String(outcomeOctets, StandardCharsets.UTF_8));
    int[] sink = new int[1];
    time("envelope encode", i -> sink[0] += EnvelopeRecordCodec.encode(message).length);
    time("envelope decode", i -> sink[0] += EnvelopeRecordCodec.decode(octets).content().length);
    time("outcome encode", i -> sink[0] += OutcomeRecordCodec.encode(outcome).length);
    time("outcome decode", i -> sink[0] += OutcomeRecordCodec.decode(outcomeOctets).generation());
    System.out.println(sink[0]);
  }

  private static void time(String what, IntConsumer call) {
    double best = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = CPU.getCurrentThreadCpuTime();
      for (int i = 0; i < CALLS; i++) {
        call.accept(i);
      }
      best = Math.min(best, (CPU.getCurrentThreadCpuTime() - start) / (double) CALLS);
    }
    System.out.printf("%-16s %7.0f ns%n", what, best);
  }
}

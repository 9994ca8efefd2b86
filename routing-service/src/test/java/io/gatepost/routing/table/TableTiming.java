package io.gatepost.routing.table;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.setting.FileReading;
import io.gatepost.testkit.peer.TinyCdb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Cost of look-ups in tables, once warm, in nanoseconds of wall time: half of them, 99 and 99.9 of
/// a hundred. Run by hand: no test, as the figures are the machine's.
public final class TableTiming {

  private static final int KEYS = 1_000_000;
  private static final int RULES = 200;
  private static final int CALLS = 200_000;
  private static final int WARM_UP = 3;

  private static final LocalDomains LOCAL =
      LocalDomains.of(List.of("here.example"), List.of("alice"));

  private TableTiming() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Files.createTempDirectory("table-timing");
    Random random = new Random(1);
    int[] sink = new int[1];

    ForwardPath alice = ForwardPath.of("alice+list@here.example");
    time("mailbox of the settings", _ -> sink[0] += LOCAL.mailbox(alice).hashCode());

    Path file =
        new TinyCdb()
            .create(
                directory.resolve("virtusertable.cdb"),
                IntStream.range(0, KEYS)
                    .mapToObj(i ->
                        TinyCdb.Entry.of(
                            "user" + i + "@d" + i % 1_000 + ".example", "u" + i + "@x.example")));
    long start = System.nanoTime();
    Virtusertable table = Virtusertable.read(new FileReading(file), LOCAL);
    System.out.printf(
        "%-34s %9d ms, %d octets%n",
        "cdb of " + KEYS + " keys read", (System.nanoTime() - start) / 1_000_000, Files.size(file));
    ForwardPath[] listed = addresses(random, KEYS);
    ForwardPath[] missing = addresses(random, -KEYS);
    time("cdb, key that is there", i -> sink[0] += table.route(listed[i]).hashCode());
    time("cdb, user that is not there", i -> sink[0] += table.route(missing[i]).hashCode());
    time("cdb, domain that is not there", _ -> sink[0] += table.route(alice).hashCode());

    Regsub regsub = Regsub.parse("regsub", rules(), LOCAL);
    ForwardPath last = ForwardPath.of("some.body.dept" + (RULES - 1) + "@old.example");
    time("regsub, last of " + RULES + " lines", _ -> sink[0] += regsub.route(last).hashCode());
    time("regsub, none of " + RULES + " lines", _ -> sink[0] += regsub.route(alice).hashCode());
    System.out.println(sink[0]);
    table.close();
    Files.delete(file);
    Files.delete(directory);
  }

  /// Addresses of the table, or, where the limit is negative, with users that it does not have.
  private static ForwardPath[] addresses(Random random, int limit) {
    return IntStream.range(0, CALLS)
        .mapToObj(_ -> {
          int i = random.nextInt(Math.abs(limit));
          return ForwardPath.of((limit < 0 ? "none" : "user") + i + "@d" + i % 1_000 + ".example");
        })
        .toArray(ForwardPath[]::new);
  }

  private static List<String> rules() {
    return IntStream.range(0, RULES)
        .mapToObj(i -> "/^([a-z.]+)\\.dept" + i + "@old\\.example$/ $1@d" + i + ".example")
        .toList();
  }

  private static void time(String what, IntConsumer call) {
    long[] nanos = new long[CALLS];
    for (int round = 0; round <= WARM_UP; round++) {
      for (int i = 0; i < CALLS; i++) {
        long start = System.nanoTime();
        call.accept(i);
        nanos[i] = System.nanoTime() - start;
      }
    }
    Arrays.sort(nanos);
    System.out.printf(
        "%-34s p50 %6d  p99 %6d  p99.9 %7d ns%n",
        what, nanos[CALLS / 2], nanos[CALLS / 100 * 99], nanos[CALLS / 1_000 * 999]);
  }
}

package io.gatepost.scanner.schedule;

import java.time.Duration;
import java.util.function.LongSupplier;

/// How long a scanner takes for messages of a size, going by its latest scans. What was measured
/// fades within some seconds, so that a scanner which was slow once is asked again.
final class ScanTimes {

  private static final int SIZES = 32;

  /// Messages below 4 KiB are one size, from there on each power of two is.
  private static final int SMALLEST_BITS = 12;

  private static final int SMOOTHING = 4;
  private static final long HALVED_IN = Duration.ofSeconds(10).toNanos();

  private final LongSupplier nanoTime;
  private final Size[] sizes = new Size[SIZES];

  ScanTimes(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    for (int i = 0; i < SIZES; i++) {
      sizes[i] = new Size();
    }
  }

  private static final class Size {
    private long nanos = -1;
    private long at;
  }

  /// A scan is over, or was given up after this time.
  synchronized void add(long octets, long nanos) {
    Size size = sizes[index(octets)];
    long faded = faded(size);
    size.nanos = size.nanos < 0 ? nanos : faded + (nanos - faded) / SMOOTHING;
    size.at = nanoTime.getAsLong();
  }

  /// Nanoseconds that a scan probably takes; 0 where nothing is known. A size that has not been
  /// seen takes as long as the next smaller one, at least.
  synchronized long estimate(long octets) {
    for (int i = index(octets); i >= 0; i--) {
      if (sizes[i].nanos >= 0) {
        return faded(sizes[i]);
      }
    }
    return 0;
  }

  private long faded(Size size) {
    if (size.nanos <= 0) {
      return 0;
    }
    long halvings = (nanoTime.getAsLong() - size.at) / HALVED_IN;
    return halvings >= Long.SIZE - 1 ? 0 : size.nanos >> halvings;
  }

  private static int index(long octets) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(octets >> SMALLEST_BITS);
    return Math.min(bits, SIZES - 1);
  }
}

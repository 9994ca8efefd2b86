package io.gatepost.program;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The beginning of all that a program writes to one of its outputs.
final class BoundedOutput implements Runnable {

  private final InputStream from;
  private final int most;
  private final Runnable tooMuch;
  private final ByteArrayOutputStream read = new ByteArrayOutputStream();
  private final CountDownLatch end = new CountDownLatch(1);

  /// @param most octets that are kept
  /// @param tooMuch run when there are more; nothing is read from then on
  BoundedOutput(InputStream from, int most, Runnable tooMuch) {
    this.from = from;
    this.most = most;
    this.tooMuch = tooMuch;
  }

  @Override
  public void run() {
    byte[] piece = new byte[4096];
    try {
      for (int n = from.read(piece); n >= 0; n = from.read(piece)) {
        if (keep(piece, n)) {
          continue;
        }
        tooMuch.run();
        return;
      }
    } catch (IOException _) {
      // the pipe was closed under us, as the program has ended: that is the end
    } finally {
      end.countDown();
    }
  }

  private synchronized boolean keep(byte[] piece, int length) {
    int room = Math.min(length, most - read.size());
    read.write(piece, 0, room);
    return room == length;
  }

  /// Waits for the end: a child that has got away may keep the pipe open.
  void awaitEnd() throws InterruptedException {
    boolean _ = end.await(1, TimeUnit.SECONDS);
  }

  /// All that was read by now, as UTF-8.
  synchronized String text() {
    return read.toString(StandardCharsets.UTF_8);
  }
}

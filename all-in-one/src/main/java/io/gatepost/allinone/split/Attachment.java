package io.gatepost.allinone.split;

import java.io.IOException;
import java.io.InputStream;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/// A child's tie to the process that started it.
public final class Attachment {

  private Attachment() {}

  /// From now on this process ends when its parent does, and leaves an interrupt from the terminal
  /// to the parent, which stops all processes in order.
  ///
  /// @param last what is done before the end, where the parent was killed
  public static void toParent(Runnable last) {
    Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
    Thread.ofPlatform()
        .daemon()
        .name("parent-watch")
        .start(() -> {
          awaitEnd(System.in);
          last.run();
          // No orderly stop: whoever killed the parent wants it gone, and all of it survives that.
          Runtime.getRuntime().halt(1);
        });
  }

  private static void awaitEnd(InputStream input) {
    try {
      while (input.read() >= 0) {
        // the parent never writes
      }
    } catch (IOException e) {
      // the pipe is broken: the parent has gone as well
    }
  }
}

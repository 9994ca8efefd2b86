package io.gatepost.program;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// A process with the children that have not left its group. Java kills single processes only, and
/// a program that does so for us would have to be started just when there may be no room for one.
final class ProcessGroup {

  private static final int SIGKILL = 9;

  private static final MethodHandle KILL =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private ProcessGroup() {}

  /// Kills all of the group that a process leads or has led. Nothing happens where there is none.
  static void kill(Process leader) {
    long pid = leader.pid();
    if (pid <= 1) {
      throw new IllegalArgumentException("pid: " + pid + " (expected: above 1)"); // -1 is everybody
    }
    try {
      int _ = (int) KILL.invokeExact((int) -pid, SIGKILL);
    } catch (Throwable e) {
      throw new IllegalStateException("kill(2)", e);
    }
    // Between fork and setsid(2) it is in our own group, which the signal does not go to. By its
    // handle, as the process itself would close its streams, with what is still to be read.
    boolean _ = leader.toHandle().destroyForcibly();
  }
}

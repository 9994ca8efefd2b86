package io.gatepost.contract.process;

/// The log of the process, where its lines are gathered before they are written.
@FunctionalInterface
public interface LogLines {

  /// A log that gathers nothing.
  LogLines DIRECT = Runnable::run;

  /// Calls back once every line that this thread has logged is written, on any thread. A kill from
  /// then on loses none of them.
  void whenWritten(Runnable then);
}

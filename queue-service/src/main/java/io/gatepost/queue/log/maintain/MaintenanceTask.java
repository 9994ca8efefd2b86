package io.gatepost.queue.log.maintain;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/// Something that is done to the log from time to time, while the broker answers. What fails is
/// tried again the next time.
public interface MaintenanceTask {

  void run(Admin admin) throws ExecutionException, InterruptedException;

  /// A task and its rhythm.
  ///
  /// @param name for the log
  /// @param interval from the end of one run to the start of the next
  record Periodic(String name, Duration interval, MaintenanceTask task) {}
}

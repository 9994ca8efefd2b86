package io.gatepost.routing;

import io.gatepost.routing.table.ReloadingTable;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.DisposableBean;

/// Looks once a second whether a table's file has changed (requirement C2).
final class TableWatch implements DisposableBean {

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("table-watch").factory());

  TableWatch(List<ReloadingTable<?>> tables) {
    if (!tables.isEmpty()) {
      thread.scheduleWithFixedDelay(
          () -> tables.forEach(ReloadingTable::refresh), 1, 1, TimeUnit.SECONDS);
    }
  }

  @Override
  public void destroy() {
    thread.shutdownNow();
  }
}

package io.gatepost.delivery.early;

import io.gatepost.contract.envelope.QueueId;
import java.util.LinkedHashMap;
import java.util.Map;

/// The messages whose records were read last. A call that was held up on its way, until the edge
/// had put its message on the log, begins no second attempt beside that of the record. Some 3 MB;
/// safe for all threads.
final class ReadRecords {

  static final int MAX = 20_000;

  private final Map<QueueId, Boolean> latest =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<QueueId, Boolean> eldest) {
          return size() > MAX;
        }
      };

  synchronized void add(QueueId id) {
    latest.put(id, true);
  }

  synchronized boolean has(QueueId id) {
    return latest.containsKey(id);
  }
}

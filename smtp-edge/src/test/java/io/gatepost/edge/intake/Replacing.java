package io.gatepost.edge.intake;

import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.scanning.Scanning;

/// Makes what takes the content that scanners put in place of a message's.
final class Replacing {

  static final int INLINE_THRESHOLD = 16 * 1024;
  static final int MAX_MESSAGE = 8 * 1024 * 1024;

  private Replacing() {}

  static ReplacedContents with(Scanning scanning, Queue queue) {
    return with(scanning, queue, new ContentMemory(INLINE_THRESHOLD, 1 << 20, 10));
  }

  static ReplacedContents with(Scanning scanning, Queue queue, ContentMemory memory) {
    return new ReplacedContents(
        scanning, queue, memory, new ContentRules(MAX_MESSAGE, 100, ContentRules.LongLines.ACCEPT));
  }
}

package io.gatepost.scanner.scan;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.QueueId;

/// One message to be scanned.
///
/// @param envelope of the message: its client, its addresses, what its client said of it
/// @param content what the scanner sees
public record ScanJob(Envelope envelope, MessageView content) {

  /// For logs, here and at the scanner.
  public QueueId id() {
    return envelope.id();
  }
}

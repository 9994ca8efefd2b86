package io.gatepost.scanner.scan;

import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.QueueId;

/// One message to be scanned.
///
/// @param envelope of the message: its client, its addresses, what its client said of it
/// @param content what the scanner sees
/// @param ownOctets how many octets of the content are header fields of ours, on top
public record ScanJob(Envelope envelope, MessageView content, int ownOctets) {

  /// A message without fields of ours.
  public ScanJob(Envelope envelope, MessageView content) {
    this(envelope, content, 0);
  }

  /// For logs, here and at the scanner.
  public QueueId id() {
    return envelope.id();
  }
}

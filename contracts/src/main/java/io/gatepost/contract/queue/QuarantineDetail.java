package io.gatepost.contract.queue;

import io.gatepost.contract.envelope.HeaderEdit;
import io.gatepost.contract.scanning.ScannerResult;
import java.util.List;
import java.util.Optional;

/// One message in the quarantine with all that is known of it.
///
/// @param peer the client's IP address; empty for a message of our own
/// @param helo what the client called itself
/// @param user the identity that the client had authenticated as
/// @param results of the scanners that were asked
/// @param edits changes of its header that are made for those to whom it is released
/// @param header the lines of its header as it came in, from the top, at most [#MAX_HEADER_OCTETS];
///   octets that are no ASCII are shown as `?`
public record QuarantineDetail(
    QuarantinedMessage message,
    String peer,
    String helo,
    Optional<String> user,
    List<ScannerResult> results,
    List<HeaderEdit> edits,
    List<String> header) {

  /// So much of the content is looked at for its header.
  public static final int MAX_HEADER_OCTETS = 16 * 1024;

  public QuarantineDetail {
    results = List.copyOf(results);
    edits = List.copyOf(edits);
    header = List.copyOf(header);
  }
}

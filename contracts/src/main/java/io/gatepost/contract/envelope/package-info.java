/// A message's envelope and where its content is: entry type [Envelope]. Knows nothing of Kafka or
/// HTTP.
@NullMarked
package io.gatepost.contract.envelope;

import org.jspecify.annotations.NullMarked;

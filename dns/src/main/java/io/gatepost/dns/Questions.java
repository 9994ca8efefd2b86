package io.gatepost.dns;

import java.util.concurrent.CompletionStage;
import org.xbill.DNS.Name;

/// A way to ask through dnsjava, without bounds.
interface Questions {

  /// Asks; trouble, and what dnsjava takes for it, is the stage's failure.
  CompletionStage<Answer> ask(Name name, RecordType type);
}

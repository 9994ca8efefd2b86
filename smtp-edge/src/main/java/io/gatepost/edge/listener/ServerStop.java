package io.gatepost.edge.listener;

import io.gatepost.edge.dialogue.SmtpDialogue;
import org.jspecify.annotations.Nullable;

/// How the stop of the server ends a session. Nothing more is begun then: commands that the client
/// has sent on are not answered.
enum ServerStop {
  /// The server goes on.
  NONE,
  /// The session ends once it is outside a transaction.
  AFTER_TRANSACTION,
  /// The session ends as soon as the client has its answer.
  AFTER_ANSWER;

  /// Whether a session ends now.
  ///
  /// @param dialogue null where the session has none yet
  boolean ends(@Nullable SmtpDialogue dialogue) {
    return switch (this) {
      case NONE -> false;
      case AFTER_TRANSACTION -> dialogue == null || !dialogue.isUnderWay();
      case AFTER_ANSWER -> dialogue == null || !dialogue.isBusy();
    };
  }
}

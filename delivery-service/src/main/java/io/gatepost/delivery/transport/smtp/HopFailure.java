package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination.NextHop;

/// Why a hop, or in the end a destination, takes no mail.
sealed interface HopFailure {

  /// For mail: `NEXT_HOP_REFUSED` where it never will.
  Reason reason();

  Reply reply();

  /// It could not be reached.
  record Unreachable(Reply reply) implements HopFailure {
    @Override
    public Reason reason() {
      return Reason.UNREACHABLE;
    }
  }

  /// It is there, and does not want to talk, or not on our terms.
  record Refusal(NextHop hop, ProbeAnswer.Stage stage, Reason reason, Reply reply)
      implements HopFailure {

    private static final int NO_MAIL = 521;
    private static final int NO_SERVICE = 554;

    /// Whether its greeting says that there is no mail service (RFC 5321 §3.1, RFC 7504 §3).
    boolean isOfAllMail() {
      int code = reply.code().value();
      return stage == ProbeAnswer.Stage.GREETING && (code == NO_MAIL || code == NO_SERVICE);
    }

    /// The same, where every hop has said so.
    Refusal everywhere() {
      return new Refusal(hop, ProbeAnswer.Stage.NO_MAIL, reason, reply);
    }
  }

  /// The answer to a question that can be asked of no hop.
  default ProbeAnswer answer() {
    return switch (this) {
      case Unreachable(var reply) -> new ProbeAnswer.NotAsked(reason(), reply);
      case Refusal(var hop, var stage, var _, var reply) ->
          new ProbeAnswer.OfHost(hop, stage, reply);
    };
  }
}

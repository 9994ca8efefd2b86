package io.gatepost.verification.sender;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.verification.RecipientVerdict;
import io.gatepost.contract.verification.ReversePathVerdict;

/// Whether mail can be sent back to a stranger's sender address. Its domain has to be one that mail
/// can be sent to; whether the user exists is asked of listed domains only, as others did not ask
/// for such questions.
public final class ReversePathJudge {

  private static final ReversePathVerdict ROUTABLE = new ReversePathVerdict.Routable();

  private ReversePathJudge() {}

  /// Judges by the route of the address, asked for without relay control.
  public static ReversePathVerdict byRoute(ForwardPath sender, RouteAnswer route) {
    return switch (route) {
      case RouteAnswer.Resolved _ -> ROUTABLE;
      case RouteAnswer.Refused(var reason, var reply, var _)
          when reason == Reason.UNROUTABLE_DOMAIN ->
          new ReversePathVerdict.Bad(
              Reason.INVALID_SENDER,
              reply.equals(Replies.nullMx(sender.domain()))
                  ? Replies.senderNullMx(sender.domain())
                  : Replies.senderUnroutable(sender.domain()));
      // The domain is there; a refusal of the address is not about it.
      case RouteAnswer.Refused _ -> ROUTABLE;
      case RouteAnswer.TryLater(var reason, var reply) ->
          new ReversePathVerdict.Unknown(reason, reply);
    };
  }

  /// Judges by what the sender's mail host says. What it does not refuse for good is good enough.
  public static ReversePathVerdict byCallBack(RecipientVerdict verdict) {
    return switch (verdict) {
      case RecipientVerdict.Good _, RecipientVerdict.Unproven _ -> ROUTABLE;
      case RecipientVerdict.Bad(var _, var reply) ->
          new ReversePathVerdict.Bad(Reason.INVALID_SENDER, Replies.senderRefused(reply.lines()));
      case RecipientVerdict.Unknown(var reason, var reply) ->
          new ReversePathVerdict.Unknown(reason, reply);
    };
  }
}

package io.gatepost.verification.sender;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.LocalPart;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.RouteAnswer;
import io.gatepost.contract.routing.RouteAnswer.Leg;
import io.gatepost.contract.verification.SenderVerdict;
import io.gatepost.verification.user.UserName;
import java.util.Locale;

/// Owner of a sender's address, by the way that routing leads it (RFC 6409 §6.1). It is a user's
/// own where mail for it comes to the user's mailbox, whoever else gets a copy; a plain name has
/// the mailbox of that name in every local domain, an address has its own. An address that is
/// delivered elsewhere is its user's where the user is named by that very address.
public final class SenderOwner {

  private static final SenderVerdict PERMITTED = new SenderVerdict.Permitted();
  private static final SenderVerdict NOT_OWN =
      new SenderVerdict.NotOwn(Reason.SENDER_NOT_OWN, Replies.SENDER_NOT_OWN);

  private SenderOwner() {}

  /// Judges by the route of the sender's address, asked for as a stranger's recipient.
  public static SenderVerdict judge(UserName user, ForwardPath sender, RouteAnswer route) {
    boolean own =
        switch (route) {
          case RouteAnswer.Resolved(var legs, var _, var _, var _) ->
              isNameOf(user, sender) || legs.stream().anyMatch(leg -> endsAt(user, leg));
          // Not a domain of ours: the name is all that there is to go by.
          case RouteAnswer.Refused(var reason, var _, var _) ->
              reason == Reason.RELAY_DENIED && isNameOf(user, sender);
          case RouteAnswer.TryLater _ -> isNameOf(user, sender);
        };
    if (own) {
      return PERMITTED;
    }
    return route instanceof RouteAnswer.TryLater(var reason, var reply)
        ? new SenderVerdict.Unknown(reason, reply)
        : NOT_OWN;
  }

  private static boolean endsAt(UserName user, Leg leg) {
    return switch (leg.destination()) {
      case Destination.Mailbox mailbox -> isMailboxOf(user, mailbox);
      case Destination.Discard nowhere ->
          isMailboxOf(user, new Destination.Mailbox(nowhere.user(), nowhere.domain()));
      case Destination.Smtp _ -> isNameOf(user, leg.address());
    };
  }

  private static boolean isMailboxOf(UserName user, Destination.Mailbox mailbox) {
    return user.address()
        .map(address ->
            address.localPart().lookupKey().equals(mailbox.user())
                && address.domain().equals(mailbox.domain()))
        .orElseGet(() -> user.text().toLowerCase(Locale.ROOT).equals(mailbox.user()));
  }

  private static boolean isNameOf(UserName user, ForwardPath address) {
    return user.address()
        .filter(name ->
            name.domain().equals(address.domain())
                && (key(name).equals(key(address))
                    || key(name).equals(withoutDetail(address.localPart()))))
        .isPresent();
  }

  private static String key(ForwardPath address) {
    return address.localPart().lookupKey();
  }

  static String withoutDetail(LocalPart localPart) {
    String key = localPart.lookupKey();
    int separator = key.indexOf('+', 1);
    return separator < 0 ? key : key.substring(0, separator);
  }
}

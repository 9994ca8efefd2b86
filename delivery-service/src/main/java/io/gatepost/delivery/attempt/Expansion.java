package io.gatepost.delivery.attempt;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.routing.RouteAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// The addresses that the recipients of a message lead to, less those that need no copy any more.
final class Expansion {

  private final EarlierRun earlier;
  private final AliasMembers members;
  private final Consumer<RecipientOutcome> over;
  private final BiConsumer<Recipient, RouteAnswer.DeadLeg> leaveOut;
  private final List<ForwardPath> addresses = new ArrayList<>(1);

  /// Where the way to somebody leads.
  sealed interface Leg {}

  /// To a destination.
  record Known(RouteAnswer.Leg leg) implements Leg {}

  /// Nothing can be told of it now.
  record Unknown(RouteAnswer.UndecidedLeg leg) implements Leg {}

  /// @param over told the outcome of each who needs no copy
  /// @param leaveOut told each member of an alias that is dead
  Expansion(
      EarlierRun earlier,
      AliasMembers members,
      Consumer<RecipientOutcome> over,
      BiConsumer<Recipient, RouteAnswer.DeadLeg> leaveOut) {
    this.earlier = earlier;
    this.members = members;
    this.over = over;
    this.leaveOut = leaveOut;
  }

  /// Takes note of what a recipient leads to. Returns whether that, with all before it, is as much
  /// as is looked at in one attempt.
  boolean isEnough(Recipient recipient, RouteAnswer answer) {
    switch (answer) {
      case RouteAnswer.Resolved resolved -> {
        resolved.legs().forEach(leg -> addresses.add(leg.address()));
        resolved.undecided().forEach(leg -> addresses.add(leg.address()));
      }
      case RouteAnswer.Refused _, RouteAnswer.TryLater _ -> addresses.add(recipient.address());
    }
    return addresses.size() >= Split.ENOUGH;
  }

  /// Whether it is more than one attempt takes.
  boolean isTooMuch() {
    return Split.isNeeded(addresses);
  }

  /// Names everybody whom a recipient leads to and who needs a copy; legs of an alias are on their
  /// own from here on.
  void expand(Recipient recipient, RouteAnswer.Resolved answer, BiConsumer<Recipient, Leg> each) {
    boolean stays = !recipient.isMember() && answer.isOnly(recipient.address());
    members.remain(recipient);
    for (RouteAnswer.Leg leg : answer.legs()) {
      name(stays ? recipient : recipient.member(leg.address()), new Known(leg), each);
    }
    for (RouteAnswer.UndecidedLeg leg : answer.undecided()) {
      name(recipient.undecidedMember(leg.address(), leg.router()), new Unknown(leg), each);
    }
    answer.dead().forEach(leg -> leaveOut.accept(recipient, leg));
  }

  private void name(Recipient to, Leg leg, BiConsumer<Recipient, Leg> each) {
    if (earlier.isOver(to)) {
      members.served(to);
      return;
    }
    earlier
        .copyOf(to)
        .ifPresentOrElse(
            outcome -> {
              members.served(to);
              over.accept(outcome);
            },
            () -> each.accept(to, leg));
  }
}

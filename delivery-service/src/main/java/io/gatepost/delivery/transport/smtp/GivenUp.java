package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.reply.Reply;
import java.util.List;

/// Work that waited for a destination which cannot be had now.
record GivenUp(List<SmtpJob> mails, List<Probe> probes, HopFailure why) {

  static final GivenUp NOTHING =
      new GivenUp(
          List.of(), List.of(), new HopFailure.Unreachable(Reply.of(451, "4.4.1", "Nothing")));

  /// Tells those who wait. Not for use under a destination's lock.
  void tell() {
    mails.forEach(mail -> mail.giveUp(why));
    probes.forEach(probe -> probe.answer(why.answer()));
  }
}

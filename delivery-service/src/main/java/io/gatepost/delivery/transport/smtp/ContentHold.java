package io.gatepost.delivery.transport.smtp;

import io.gatepost.contract.event.RecipientOutcome;
import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.client.Action;
import io.gatepost.smtp.client.ClientDialog;
import io.netty.channel.ChannelHandlerContext;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The content of a connection's first mail, once the host only needs that. It is held until it is
/// said whether it follows. For the connection's event loop; [#decided] for all threads.
final class ContentHold {

  private final ChannelHandlerContext channel;
  private final SmtpDestination destination;
  private final String host;
  private final ClientDialog dialog;
  private final PipelinedMails mails;
  private final ContentTransfer transfer;
  private final Consumer<List<Action>> then;
  private @Nullable PreparedMail waiting;

  /// Whether somebody is being told of it.
  private boolean isOffering;

  /// @param host the next hop's name in outcomes
  /// @param then told of a decision that has been carried out, with the actions that it leads to
  ContentHold(
      ChannelHandlerContext channel,
      SmtpDestination destination,
      String host,
      ClientDialog dialog,
      PipelinedMails mails,
      ContentTransfer transfer,
      Consumer<List<Action>> then) {
    this.channel = channel;
    this.destination = destination;
    this.host = host;
    this.dialog = dialog;
    this.mails = mails;
    this.transfer = transfer;
    this.then = then;
  }

  /// Holds the first mail, and tells its job. Recipients that the host has called too many go into
  /// another transaction, as do others of the message that wait for a connection.
  void begin(PreparedMail.Carriage carriage) {
    SmtpJob job = mails.first();
    if (!dialog.hasRefused()) {
      offer(new PreparedMail(this, carriage, job.recipients(), List.of()), job);
      if (waiting != null) {
        destination.held(Optional.empty());
      }
      return;
    }
    List<Optional<Reply>> refusals = dialog.refusals();
    List<Integer> inOne = SmtpJob.inOne(refusals);
    SmtpJob own = job.only(inOne);
    List<RecipientOutcome> refused = own.refused(host, inOne.stream().map(refusals::get).toList());
    offer(new PreparedMail(this, carriage, own.recipients(), refused), job);
    if (waiting != null) {
      destination.held(mails.keepFirst(inOne));
    }
  }

  private void offer(PreparedMail mail, SmtpJob job) {
    waiting = mail;
    isOffering = true;
    job.prepared(mail);
    isOffering = false;
  }

  /// It has been said what becomes of a mail; on any thread.
  void decided(PreparedMail mail) {
    if (channel.executor().inEventLoop()) {
      proceed(mail);
    } else {
      channel.executor().execute(() -> proceed(mail));
    }
  }

  private void proceed(PreparedMail mail) {
    if (waiting != mail) {
      return; // the connection broke in between, which has put it back
    }
    waiting = null;
    then.accept(mail.isGoing() ? sent(mail.carriage()) : abandoned());
    if (!isOffering) { // otherwise with all that the host's words lead to
      channel.flush();
    }
  }

  private List<Action> sent(PreparedMail.Carriage carriage) {
    switch (carriage) {
      case WHOLE -> transfer.whole(mails.first(), mails.conversion());
      case CHUNKS -> transfer.chunks(mails.first(), mails.conversion());
    }
    return List.of();
  }

  private List<Action> abandoned() {
    mails.abandonFirst();
    return dialog.abandon();
  }

  /// Lets go of the mail that is held: it is over, or starts again.
  ///
  /// @return whether one was held
  boolean release() {
    if (waiting == null) {
      return false;
    }
    waiting.gone();
    waiting = null;
    return true;
  }
}

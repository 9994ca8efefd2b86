package io.gatepost.delivery.transport.smtp;

/// Work for a connection: a mail, or questions.
sealed interface Work permits SmtpJob, ProbeBatch {

  /// The connection that was given it has ended meanwhile: the destination gives it to another.
  void giveBack(SmtpDestination destination);
}

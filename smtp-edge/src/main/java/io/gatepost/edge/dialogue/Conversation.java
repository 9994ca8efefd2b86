package io.gatepost.edge.dialogue;

import io.gatepost.contract.reply.Reply;
import java.time.Duration;

/// The connection below a dialogue, as the dialogue uses it. All methods are called on the
/// session's thread, except [#runInSession] and [#failed], which any thread may call.
public interface Conversation {

  /// The client at the other end.
  Client client();

  /// The account of the session.
  SessionJournal journal();

  /// The octets that the client has sent, from which the dialogue takes what it uses.
  LineInput input();

  /// Sends a reply behind all earlier ones. It may wait for others, to go out in one write.
  void send(Reply reply);

  /// Sends the last reply and closes the connection. The dialogue is told by [SmtpDialogue#gone]
  /// before this returns. Does nothing where the connection is closed already.
  void close(Reply last);

  /// Whether the last reply has been sent, or the client has gone.
  boolean isClosed();

  /// Takes a place among the connections in TLS, until this one is closed.
  ///
  /// @return false where there is none
  boolean reserveTls();

  /// Sends a reply at once and starts TLS behind it. Another dialogue follows when TLS is on (RFC
  /// 3207 §4.2). Needs a place from [#reserveTls].
  void startTls(Reply reply);

  /// Checks the client that a trusted proxy names as if it had just connected. Another dialogue
  /// follows, with a greeting of its own.
  void adopt(XclientAttributes client);

  /// Goes on with the dialogue: something that it waited for has come. Within
  /// [SmtpDialogue#advance] this does nothing, as the session goes on anyway.
  void resume();

  /// Runs an action on the session's thread: at once where the caller is on it.
  void runInSession(Runnable action);

  /// Runs an action on the session's thread, once all that this thread has logged is written.
  void runAfterLog(Runnable action);

  /// Runs an action on the session's thread after a time, unless the connection is closed by then.
  /// Holds no thread.
  void runLater(Duration delay, Runnable action);

  /// Ends the session because of an error that should not be possible.
  void failed(Throwable error);
}

package io.gatepost.contract.reply;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import java.util.ArrayList;
import java.util.List;

/// Every reply text that Gatepost gives to clients of its own accord, and those of the log that
/// several services use. What another host or a table says is passed on as it is.
public final class Replies {

  // The dialogue (RFC 5321 §4.2.3, RFC 3463).
  public static final Reply OK = Reply.of(250, "2.0.0", "OK");
  public static final Reply SENDER_OK = Reply.of(250, "2.1.0", "Sender OK");
  public static final Reply RECIPIENT_OK = Reply.of(250, "2.1.5", "Recipient OK");
  public static final Reply CHUNK_OK = Reply.of(250, "2.0.0", "Chunk OK");
  public static final Reply START_DATA = Reply.plain(354, "End data with <CR><LF>.<CR><LF>");
  public static final Reply CANNOT_VRFY =
      Reply.of(252, "2.1.5", "Send some mail, I will try my best");
  public static final Reply HELP = Reply.of(214, "2.0.0", "See RFC 5321");

  // Mistakes of the client.
  public static final Reply UNRECOGNISED = Reply.of(500, "5.5.2", "Command not recognised");
  public static final Reply LINE_TOO_LONG = Reply.of(500, "5.5.6", "Line too long");
  public static final Reply BARE_LINE_END = Reply.of(500, "5.5.2", "Lines must end in CR LF");
  public static final Reply OTHER_PROTOCOL =
      Reply.of(500, "5.5.1", "This is SMTP and nothing else");
  public static final Reply SYNTAX = Reply.of(501, "5.5.4", "Syntax error in parameters");
  public static final Reply BAD_SENDER = Reply.of(501, "5.1.7", "Bad sender address syntax");
  public static final Reply BAD_RECIPIENT = Reply.of(501, "5.1.3", "Bad recipient address syntax");
  public static final Reply NOT_IMPLEMENTED = Reply.of(502, "5.5.1", "Command not implemented");
  public static final Reply BAD_CHUNK =
      Reply.of(501, "5.5.4", "BDAT takes a size, and LAST for the last chunk");
  public static final Reply NON_ASCII_ADDRESS =
      Reply.of(553, "5.6.7", "Address is not ASCII, and SMTPUTF8 was not said");
  public static final Reply BAD_SEQUENCE = Reply.of(503, "5.5.1", "Bad sequence of commands");
  public static final Reply NO_VALID_RECIPIENTS = Reply.of(554, "5.5.1", "No valid recipients");
  public static final Reply UNKNOWN_PARAMETER = Reply.of(555, "5.5.4", "Parameter not recognised");
  public static final Reply TOO_MANY_RECIPIENTS = Reply.of(452, "4.5.3", "Too many recipients");
  public static final Reply TOO_MANY_RECIPIENTS_NOW =
      Reply.of(452, "4.3.1", "No room for more recipients now, try again later");
  public static final Reply TOO_MANY_REFUSALS =
      Reply.of(421, "4.7.0", "Too many refused addresses");
  public static final Reply TOO_MANY_ERRORS = Reply.of(421, "4.7.0", "Too many errors");
  public static final Reply TOO_MANY_UNKNOWN = Reply.of(421, "4.7.0", "Too many unknown commands");
  public static final Reply TOO_MANY_MESSAGES =
      Reply.of(421, "4.7.0", "Too many messages in one session");
  public static final Reply TOO_MANY_JUNK_COMMANDS =
      Reply.of(421, "4.7.0", "Too many commands without a message");
  public static final Reply MESSAGE_TOO_LARGE = Reply.of(552, "5.3.4", "Message too large");
  public static final Reply BARE_LINE_END_IN_CONTENT =
      Reply.of(554, "5.6.0", "Message contains a bare CR or LF");
  public static final Reply NUL_IN_CONTENT = Reply.of(554, "5.6.0", "Message contains a NUL");
  public static final Reply LONG_LINE_IN_CONTENT =
      Reply.of(554, "5.6.0", "Message contains a line of more than 998 octets");
  public static final Reply MAIL_LOOP = Reply.of(554, "5.4.6", "Too many hops: mail loop");

  // STARTTLS (RFC 3207), AUTH (RFC 4954).
  public static final Reply READY_FOR_TLS = Reply.of(220, "2.0.0", "Ready to start TLS");
  public static final Reply DATA_AFTER_STARTTLS =
      Reply.of(503, "5.5.1", "Nothing may follow STARTTLS before TLS; it was dropped");
  public static final Reply AUTHENTICATED = Reply.of(235, "2.7.0", "Authentication succeeded");
  public static final Reply AUTHENTICATION_REQUIRED =
      Reply.of(530, "5.7.0", "Authentication required");
  public static final Reply TLS_REQUIRED_FOR_AUTH =
      Reply.of(538, "5.7.11", "Encryption required for authentication");
  public static final Reply UNKNOWN_MECHANISM =
      Reply.of(504, "5.5.4", "Authentication mechanism not offered");
  public static final Reply AUTH_CANCELLED = Reply.of(501, "5.7.0", "Authentication cancelled");
  public static final Reply BAD_AUTH_RESPONSE =
      Reply.of(501, "5.5.2", "Authentication response cannot be read");
  public static final Reply AUTH_LINE_TOO_LONG =
      Reply.of(500, "5.5.6", "Authentication exchange line is too long");
  public static final Reply BAD_CREDENTIALS =
      Reply.of(535, "5.7.8", "Authentication credentials invalid");
  public static final Reply AUTH_THROTTLED =
      Reply.of(454, "4.7.0", "Too many failed attempts, try again later");
  public static final Reply AUTH_UNAVAILABLE =
      Reply.of(454, "4.3.0", "Credentials cannot be checked now, try again later");

  // The gate.
  public static final Reply EARLY_TALKER =
      Reply.of(554, "5.5.1", "Client spoke before the greeting");
  public static final Reply TOO_MANY_CONNECTIONS =
      Reply.of(421, "4.7.0", "Too many connections, try again later");
  public static final Reply TOO_MANY_CONNECTIONS_FROM_YOU =
      Reply.of(421, "4.7.0", "Too many connections from your address");
  public static final Reply TOO_MANY_CONNECTIONS_FROM_NETWORK =
      Reply.of(421, "4.7.0", "Too many connections from your network");
  public static final Reply BANNED =
      Reply.of(421, "4.7.0", "Too many unknown users from your address, try again later");

  /// RFC 3207 §4.
  public static final Reply NO_ROOM_FOR_TLS =
      Reply.of(454, "4.7.0", "TLS not available now, too many connections use it");

  public static final Reply NO_MEMORY =
      Reply.of(421, "4.3.1", "Insufficient memory for so long a line, try again later");
  public static final Reply HELO_SYNTAX =
      Reply.of(501, "5.5.2", "HELO name is no domain and no address literal");
  public static final Reply HELO_SIGNATURE =
      Reply.of(550, "5.7.1", "HELO name is one that only abusers use");
  public static final Reply SENDER_NOT_OWN =
      Reply.of(553, "5.7.1", "Sender address is not the authenticated user's");
  public static final Reply RATE_LIMITED =
      Reply.of(450, "4.7.1", "Too many messages in a minute, try again later");

  /// A client that a DNS list has.
  ///
  /// @param why the list's words, printable and of bounded length; empty where it has none
  public static Reply dnsListed(String client, DomainName zone, String why) {
    return Reply.of(554, "5.7.1", "Client [" + client + "] is listed by " + zone + because(why));
  }

  /// The same for one that may come back.
  ///
  /// @param why as for [#dnsListed]
  public static Reply dnsListedForNow(String client, DomainName zone, String why) {
    return Reply.of(
        450,
        "4.7.1",
        "Client [" + client + "] is listed by " + zone + ", try again later" + because(why));
  }

  private static String because(String why) {
    return why.isEmpty() ? "" : ": " + why;
  }

  // Relay control, routing, verification.
  public static final Reply RELAY_DENIED = Reply.of(554, "5.7.1", "Relay access denied");
  public static final Reply ROUTING_LOOP =
      Reply.of(550, "5.4.6", "Address rewriting goes round in circles");

  /// Too many questions wait for the next hop (RFC 3463 §3.5).
  public static final Reply CALLOUT_BUSY =
      Reply.of(451, "4.4.5", "Too many addresses are asked about now, try again later");

  /// For users whose script refuses without words of its own.
  public static final Reply REFUSED_BY_USER =
      Reply.of(550, "5.7.1", "The recipient does not want this message");

  /// A next hop may accept some senders only, and has refused too many at this address of late.
  public static final Reply CALLOUT_SENDERS =
      Reply.of(451, "4.7.1", "Too many senders were refused at this address, try again later");

  // Our own trouble: never a 5xx.
  public static final Reply ROUTING_UNAVAILABLE =
      Reply.of(451, "4.3.0", "Address cannot be checked now, try again later");
  public static final Reply ROUTING_TOO_SLOW =
      Reply.of(451, "4.3.0", "Address could not be checked in time, try again later");
  public static final Reply SCANNER_UNAVAILABLE =
      Reply.of(451, "4.7.1", "Content cannot be checked now, try again later");
  public static final Reply QUEUE_UNAVAILABLE =
      Reply.of(451, "4.3.0", "Queue is not available now, try again later");
  public static final Reply NO_SPACE =
      Reply.of(452, "4.3.1", "Insufficient system storage, try again later");
  public static final Reply NO_CONTENT_STORAGE =
      Reply.of(452, "4.3.1", "No storage for a message of this size now, try again later");
  public static final Reply ATTEMPT_BROKEN_OFF =
      Reply.of(451, "4.3.2", "Delivery was broken off before the end of the message");

  public static final Reply FILTER_TOO_SLOW =
      Reply.of(451, "4.7.1", "Content was not checked in time, try again later");

  // To a filter that gives a message back.
  public static final Reply NOT_SHOWN_TO_FILTER =
      Reply.of(550, "5.7.1", "Not a message that was shown to a filter");
  public static final Reply OTHER_RECIPIENTS =
      Reply.of(550, "5.7.1", "Recipients are not those that the filter was given");
  public static final Reply GIVEN_BACK_BEFORE =
      Reply.of(451, "4.7.1", "The message was given back before and is being delivered");
  public static final Reply ROUND_IS_OVER =
      Reply.of(250, "2.0.0", "Dropped, as nobody waits for the message any more");

  /// The client of a message that was attempted at once. Those who are refused are known from now
  /// on, and are refused at RCPT when it comes again.
  public static final Reply PARTLY_REFUSED =
      Reply.of(
          451, "4.1.0", "Nobody got it, as some recipients are refused for good; try again later");

  public static final Reply CONTENT_UNREADABLE = Reply.of(451, "4.3.0", "Content cannot be read");

  private Replies() {}

  /// The greeting (RFC 5321 §4.2).
  public static Reply greeting(String hostname) {
    return Reply.plain(220, hostname + " ESMTP Gatepost");
  }

  /// The answer to HELO.
  public static Reply helo(String hostname) {
    return Reply.plain(250, hostname);
  }

  /// The answer to EHLO, with one extension on each line (RFC 5321 §4.1.1.1).
  public static Reply ehlo(String hostname, List<String> extensions) {
    List<String> lines = new ArrayList<>();
    lines.add(hostname);
    lines.addAll(extensions);
    return new Reply(new ReplyCode(250), EnhancedStatusCode.NONE, lines);
  }

  public static Reply closing(String hostname) {
    return Reply.of(221, "2.0.0", hostname + " closing");
  }

  public static Reply idleTooLong(String hostname) {
    return Reply.of(421, "4.4.2", hostname + " idle too long, closing");
  }

  public static Reply sessionTooLong(String hostname) {
    return Reply.of(421, "4.4.2", hostname + " session too long, closing");
  }

  public static Reply inputEnded(String hostname) {
    return Reply.of(421, "4.4.2", hostname + " input ended within a message, nothing was accepted");
  }

  public static Reply shuttingDown(String hostname) {
    return Reply.of(421, "4.3.2", hostname + " shutting down");
  }

  public static Reply queued(String queueId) {
    return Reply.of(250, "2.0.0", "queued as " + queueId);
  }

  /// The message has been delivered before its client has the reply, and nobody there has words.
  public static Reply delivered(String queueId) {
    return Reply.of(250, "2.0.0", "delivered as " + queueId);
  }

  /// The same, with what the one next hop has said.
  ///
  /// @param words in lines that fit into a reply behind some of ours
  public static Reply delivered(String queueId, List<String> words) {
    List<String> lines = new ArrayList<>(words);
    String first = words.getFirst();
    lines.set(0, "delivered as " + queueId + (first.isEmpty() ? "" : ": " + first));
    return new Reply(new ReplyCode(250), EnhancedStatusCode.of("2.0.0"), lines);
  }

  /// The same for several recipients or next hops.
  ///
  /// @param counts such as `3 recipients, 2 next hops`
  public static Reply delivered(String queueId, String counts) {
    return Reply.of(250, "2.0.0", "delivered as " + queueId + ": " + counts);
  }

  public static Reply unknownUser(ForwardPath address) {
    return Reply.of(550, "5.1.1", "No such user: " + address);
  }

  /// A table has made of the address what is none.
  public static Reply leadsToNoAddress(ForwardPath address) {
    return Reply.of(550, "5.1.3", address + " leads to what is no address");
  }

  public static Reply unroutable(DomainName domain) {
    return Reply.of(550, "5.1.2", "No mail host for " + domain);
  }

  /// A host of the internet is meant; this is nobody's, or everybody's own.
  public static Reply unusableHost(DomainName domain) {
    return Reply.of(550, "5.1.2", "Mail host of " + domain + " has no address to send mail to");
  }

  /// RFC 5321 §5.1.
  public static Reply ownExchanger(DomainName domain) {
    return Reply.of(550, "5.4.6", "Mail for " + domain + " would come back to this host");
  }

  /// RFC 7505 §4.2.
  public static Reply nullMx(DomainName domain) {
    return Reply.of(556, "5.1.10", domain + " does not accept mail");
  }

  public static Reply dnsTimeout(DomainName domain) {
    return Reply.of(451, "4.4.3", "DNS does not answer for " + domain + ", try again later");
  }

  /// The next hop was asked about a recipient and has not answered yet.
  public static Reply calloutLate(DomainName domain) {
    return Reply.of(
        451, "4.4.1", "Mail host of " + domain + " has not answered yet, try again later");
  }

  /// The next hop refused before it could be asked about a recipient.
  public static Reply hostRefuses(DomainName domain) {
    return Reply.of(
        451, "4.4.0", "Mail host of " + domain + " cannot be asked now, try again later");
  }

  public static Reply senderUnroutable(DomainName domain) {
    return Reply.of(550, "5.1.8", "No mail can be sent back to " + domain);
  }

  /// RFC 7505 §4.2.
  public static Reply senderNullMx(DomainName domain) {
    return Reply.of(550, "5.7.27", "Sender address has null MX: " + domain);
  }

  /// @param words of the sender's mail host, in lines that fit into a reply
  public static Reply senderRefused(List<String> words) {
    List<String> lines = new ArrayList<>();
    lines.add("Sender address is refused by its mail host:");
    lines.addAll(words);
    return new Reply(new ReplyCode(550), EnhancedStatusCode.of("5.1.8"), lines);
  }

  public static Reply contentRejected(String finding) {
    return Reply.of(550, "5.7.1", "Message content rejected: " + finding);
  }

  /// A scanner wants to see the content again later.
  ///
  /// @param words of the scanner, of bounded length; empty where it has none
  public static Reply contentDeferred(String words) {
    return Reply.of(
        451,
        "4.7.1",
        words.isEmpty()
            ? "Message content is deferred, try again later"
            : "Message content is deferred: " + words);
  }

  /// For the log: an operator wants the message gone.
  public static final Reply CANCELLED = Reply.of(554, "5.7.0", "Cancelled by the operator");

  /// For the log and notices: the message was tried for its whole lifetime.
  public static Reply expired(String lastReply) {
    return Reply.of(550, "4.4.7", "Not delivered in time; last answer: " + lastReply);
  }
}

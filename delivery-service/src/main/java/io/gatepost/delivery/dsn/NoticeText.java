package io.gatepost.delivery.dsn;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.envelope.Xtext;
import io.gatepost.contract.reply.EnhancedStatusCode;
import io.gatepost.contract.reply.Reply;
import io.gatepost.delivery.dsn.Report.Action;
import io.gatepost.smtp.wire.UnicodeEscapes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// The octets of a notice: a part for people, one for machines (RFC 3464), and what is returned of
/// the message.
final class NoticeText {

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /// RFC 5322 §2.1.1 allows 998 octets; the name of a field comes before it.
  private static final int MAX_TEXT = 900;

  private final String hostname;
  private final Envelope about;
  private final List<Report> reports;
  private final boolean utf8;
  private final StringBuilder text = new StringBuilder(2048);

  NoticeText(String hostname, EnvelopeRecord message, List<Report> reports) {
    this.hostname = hostname;
    this.about = message.envelope();
    this.reports = reports;
    this.utf8 = !about.sender().isAscii();
  }

  /// Whether its sender's address is beyond ASCII, so that all of it may be (RFC 6533). To others
  /// addresses beyond ASCII are said in ASCII: what takes their mail may know nothing else.
  boolean isUtf8() {
    return utf8;
  }

  /// @param until when the message will have failed, if it is not delivered before
  byte[] write(
      QueueId id, ReversePath.Sender sender, Instant now, Instant until, ReturnedPart returned) {
    String boundary = "=_" + id;
    line("From: Mail Delivery System <mailer-daemon@" + hostname + ">");
    line("To: <" + sender + ">");
    line("Subject: " + subject());
    line("Date: " + DATE.format(now));
    line("Message-ID: <" + id + "@" + hostname + ">");
    line("Auto-Submitted: auto-replied");
    line("MIME-Version: 1.0");
    line("Content-Type: multipart/report; report-type=delivery-status;");
    line("\tboundary=\"" + boundary + "\"");
    if (utf8 || !isAscii(returned.octets())) {
      line("Content-Transfer-Encoding: 8bit"); // of a part, so of the whole (RFC 2045 §6.4)
    }
    line("");
    line("--" + boundary);
    people(until);
    line("--" + boundary);
    machines(now, until);
    line("--" + boundary);
    line("Content-Type: " + returned.contentType());
    if (!isAscii(returned.octets())) {
      line("Content-Transfer-Encoding: 8bit");
    }
    line("");
    ByteArrayOutputStream octets = new ByteArrayOutputStream(text.length() + 1024);
    octets.writeBytes(text.toString().getBytes(StandardCharsets.UTF_8));
    octets.writeBytes(returned.octets());
    octets.writeBytes(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
    return octets.toByteArray();
  }

  private String subject() {
    Report first = worst();
    String what =
        switch (first.action()) {
          case FAILED -> "Undelivered mail: ";
          case DELAYED -> "Delayed mail: ";
          case RELAYED -> "Relayed mail: ";
          case DELIVERED -> "Delivered mail: ";
        };
    return what + first.recipient().original();
  }

  private Report worst() {
    Report worst = reports.getFirst();
    for (Report report : reports) {
      if (report.action().compareTo(worst.action()) < 0) {
        worst = report;
      }
    }
    return worst;
  }

  private void people(Instant until) {
    line("Content-Type: text/plain; charset=" + (utf8 ? "utf-8" : "us-ascii"));
    if (utf8) {
      line("Content-Transfer-Encoding: 8bit");
    }
    line("");
    line("This is the mail system at " + hostname + ".");
    for (Action action : Action.values()) {
      people(action, until);
    }
    line("");
    line("Queue id: " + about.id());
    line("");
  }

  private void people(Action action, Instant until) {
    List<Report> those = reports.stream().filter(report -> report.action() == action).toList();
    if (those.isEmpty()) {
      return;
    }
    line("");
    line("Your message of " + DATE.format(about.arrivedAt()));
    line(action.sentence() + " the following recipients.");
    switch (action) {
      case FAILED -> line("It will not be tried again.");
      case DELAYED -> line("It is tried until " + DATE.format(until) + ".");
      case RELAYED, DELIVERED -> {} // nothing more will be done
    }
    line("");
    for (Report report : those) {
      line("<" + report.recipient().original() + ">:");
      report.reply().toString().lines().forEach(said -> line("    " + cut(said)));
    }
  }

  private void machines(Instant now, Instant until) {
    line("Content-Type: message/" + (utf8 ? "global-delivery-status" : "delivery-status"));
    if (utf8) {
      line("Content-Transfer-Encoding: 8bit");
    }
    line("");
    about
        .parameters()
        .dsn()
        .envelopeId()
        .ifPresent(id -> line("Original-Envelope-Id: " + Xtext.shown(id)));
    line("Reporting-MTA: dns; " + hostname);
    line("Arrival-Date: " + DATE.format(about.arrivedAt()));
    for (Report report : reports) {
      line("");
      // RFC 3464 §2.3.1: only where the client has given it.
      report
          .recipient()
          .dsn()
          .originalRecipient()
          .ifPresent(original -> line("Original-Recipient: " + Xtext.shown(original)));
      line("Final-Recipient: " + address(report.recipient().address()));
      line("Action: " + report.action().word());
      line("Status: " + status(report));
      if (report.action() == Action.RELAYED) {
        line("Remote-MTA: dns; " + hostName(report.by()));
      }
      line("Diagnostic-Code: smtp; " + cut(report.reply().toString().replace('\n', ' ')));
      line("Last-Attempt-Date: " + DATE.format(now));
      if (report.action() == Action.DELAYED) {
        line("Will-Retry-Until: " + DATE.format(until));
      }
    }
    line("");
  }

  /// RFC 3464 §2.3.4: the class agrees with the action; a failure may also have the 4.4.7 of what
  /// was tried too long.
  private static String status(Report report) {
    Reply reply = report.reply();
    boolean said = !reply.status().equals(EnhancedStatusCode.NONE);
    boolean agrees =
        reply.status().statusClass() == report.action().statusClass()
            || (report.action() == Action.FAILED && reply.status().statusClass() == 4);
    return said && agrees ? reply.status().toString() : report.action().statusClass() + ".0.0";
  }

  /// The name of a host that is said with its address and port.
  private static String hostName(String by) {
    int address = by.lastIndexOf('[');
    return address > 0 ? by.substring(0, address) : by;
  }

  private static String address(ForwardPath address) {
    return (address.isAscii() ? "rfc822; " : "utf-8; ") + address;
  }

  private static boolean isAscii(byte[] octets) {
    for (byte b : octets) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  private static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "...";
  }

  private void line(String line) {
    text.append(utf8 ? line : UnicodeEscapes.escape(line)).append("\r\n");
  }
}

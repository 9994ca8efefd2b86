package io.gatepost.bench.load;

import java.util.EnumSet;
import java.util.Set;

/// The classes of traffic at Cambridge in 2008 and their sessions, a message or a refusal each.
public enum Traffic {
  RELAY("relay attempts", "relay", 10, Step.RCPT),
  /// Known by the name in HELO; Postfix refuses it at RCPT.
  MALWARE("known malware", "malware", 30, Step.EHLO, Step.RCPT),
  BLACKLISTED("blacklisted", "blacklisted", 670, Step.GREETING, Step.EHLO, Step.MAIL, Step.RCPT),
  BAD_RECIPIENT("invalid recipient", "invalid_recipient", 15, Step.RCPT),
  /// Of a domain that does not exist.
  BAD_SENDER("invalid sender", "invalid_sender", 12, Step.MAIL, Step.RCPT),
  SPAM("spam content", "content", 20, Step.CONTENT),
  LEGITIMATE("legitimate", "legitimate", 30),
  INTERNAL("internal", "internal", 25);

  /// The steps of a session, each up to its reply.
  public enum Step {
    GREETING("connect"),
    EHLO("EHLO"),
    MAIL("MAIL"),
    RCPT("RCPT"),
    DATA("DATA"),
    CONTENT("end of DATA"),
    QUIT("QUIT");

    private final String title;

    Step(String title) {
      this.title = title;
    }

    /// The form in tables.
    public String title() {
      return title;
    }
  }

  /// The local domain and its user.
  public static final String DOMAIN = "example.test";

  public static final String USER = "alice";

  /// The domains below it exist, as senders'.
  public static final String SENDERS = "origin.example";

  /// A name in HELO that only malware uses.
  public static final String SIGNATURE = "pc.bot.example";

  /// The string by which spam filters are tested, in halves, so that no filter takes this program
  /// for spam.
  public static final String GTUBE =
      "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

  private static final int SENDER_DOMAINS = 100;
  private static final String MESSAGE = message("Hello");
  private static final String SPAM_MESSAGE = message(GTUBE);

  private final String title;
  private final String label;
  private final int tenths;
  private final Set<Step> refusals = EnumSet.noneOf(Step.class);

  /// @param tenths of a session a second
  /// @param refusals at which steps it may be refused; none: it is accepted
  Traffic(String title, String label, int tenths, Step... refusals) {
    this.title = title;
    this.label = label;
    this.tenths = tenths;
    this.refusals.addAll(Set.of(refusals));
  }

  /// The form in tables.
  public String title() {
    return title;
  }

  /// The form in Gatepost's meters.
  public String label() {
    return label;
  }

  /// Sessions in ten seconds.
  public int tenths() {
    return tenths;
  }

  /// Whether its messages are accepted.
  public boolean isWelcome() {
    return refusals.isEmpty();
  }

  /// Whether a refusal at this step is the right one.
  boolean isRefusedAt(Step step) {
    return refusals.contains(step);
  }

  /// Where a session comes from.
  int source(int number) {
    return switch (this) {
      case BLACKLISTED -> Addresses.listed(number);
      case LEGITIMATE -> Addresses.correspondent(number);
      case INTERNAL -> Addresses.OWN;
      case RELAY, MALWARE, BAD_RECIPIENT, BAD_SENDER, SPAM -> Addresses.stranger(number);
    };
  }

  /// The command of a step but the first, with its line end.
  byte[] command(Step step, int number) {
    return Sessions.octets(
        switch (step) {
          case GREETING -> throw new IllegalArgumentException("the server speaks first");
          case EHLO -> "EHLO " + (this == MALWARE ? SIGNATURE : "client.example") + "\r\n";
          case MAIL -> "MAIL FROM:<" + sender(number) + ">\r\n";
          case RCPT -> "RCPT TO:<" + recipient(number) + ">\r\n";
          case DATA -> "DATA\r\n";
          case CONTENT -> this == SPAM ? SPAM_MESSAGE : MESSAGE;
          case QUIT -> "QUIT\r\n";
        });
  }

  private String sender(int number) {
    return switch (this) {
      case INTERNAL -> USER + "@" + DOMAIN;
      case BAD_SENDER -> "someone@d" + number + ".gone.example";
      case RELAY, MALWARE, BLACKLISTED, BAD_RECIPIENT, SPAM, LEGITIMATE ->
          "someone@d" + number % SENDER_DOMAINS + "." + SENDERS;
    };
  }

  private String recipient(int number) {
    return switch (this) {
      case RELAY -> "someone@elsewhere.example";
      case BAD_RECIPIENT -> "nobody" + number + "@" + DOMAIN;
      case MALWARE, BLACKLISTED, BAD_SENDER, SPAM, LEGITIMATE, INTERNAL -> USER + "@" + DOMAIN;
    };
  }

  /// A message of 4 KiB with its end.
  private static String message(String text) {
    return "From: Someone <someone@origin.example>\r\n"
        + "To: <"
        + USER
        + "@"
        + DOMAIN
        + ">\r\n"
        + "Subject: The mix of 2008\r\n"
        + "Date: Mon, 2 Jun 2008 10:00:00 +0100\r\n"
        + "Message-ID: <mix@origin.example>\r\n\r\n"
        + text
        + "\r\n"
        + ("x".repeat(70) + "\r\n").repeat(54)
        + ".\r\n";
  }
}

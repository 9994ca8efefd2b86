package io.gatepost.testkit.scanner;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Messages for real scanners: ordinary ones, test strings, and ones that are made to be dear. Each
/// is a text in ISO 8859-1, lines with CRLF, one octet a character, with the Received field that an
/// MX adds.
public final class SampleMail {

  private static final Base64.Encoder MIME = Base64.getMimeEncoder(76, new byte[] {'\r', '\n'});

  private static final List<String> PEOPLE =
      List.of("Ann Miller", "Bob Smith", "Carol Jones", "Jürgen Groß", "Élise Martin", "Dan Brown");
  private static final List<String> DOMAINS =
      List.of("sender.example", "office.example", "univ.example", "shop.example");
  private static final List<String> SUBJECTS =
      List.of(
          "lunch on Thursday",
          "Re: minutes of the last meeting",
          "the new timetable",
          "Fwd: measurements of the second sensor",
          "question about chapter three",
          "holiday pictures",
          "draft of the report, please read",
          "your parcel is at the front desk");
  private static final List<String> SENTENCES =
      List.of(
          "I have read your notes and agree with most of what you wrote.",
          "Could we move our meeting to the afternoon?",
          "The figures of the last week are attached to this letter.",
          "As far as I can see the second measurement was taken too early.",
          "Please tell me whether the room is large enough for all of us.",
          "My train arrives at ten, so I shall be a little late.",
          "The garden needs some work before the winter comes.",
          "Viele Grüße aus dem Norden, das Wetter ist schön.",
          "À bientôt, et merci pour votre aide.",
          "We should ask the others before we decide anything.");

  private SampleMail() {}

  /// An ordinary message, the same for each number: letters, replies, HTML beside plain text,
  /// attachments, forwarded messages, lists.
  public static String ordinary(int number) {
    Random random = new Random(number);
    String text = letter(random, 3 + random.nextInt(30));
    return switch (number % 8) {
      case 0 -> mail(number, "", "text/plain; charset=us-ascii", "7bit", ascii(text));
      case 1 -> mail(number, "", "text/plain; charset=utf-8", "base64", base64(utf8(text)));
      case 2 -> mail(number, "", "text/plain; charset=utf-8", "quoted-printable", quoted(text));
      case 3 ->
          multipart(
              number,
              "alternative",
              part("text/plain; charset=us-ascii", "", "7bit", ascii(text)),
              part("text/html; charset=us-ascii", "", "7bit", html(ascii(text))));
      case 4 ->
          multipart(
              number,
              "mixed",
              part("text/plain; charset=us-ascii", "", "7bit", ascii(text)),
              part(
                  "text/csv",
                  "figures.csv",
                  "base64",
                  base64(figures(random, 500).getBytes(UTF_8))));
      case 5 ->
          mail(
              number,
              "In-Reply-To: <%d@dest.example>\r\nReferences: <%d@dest.example>\r\n"
                  .formatted(number, number),
              "text/plain; charset=us-ascii",
              "7bit",
              "On Monday Bob wrote:\r\n" + ascii(text).replaceAll("(?m)^", "> ") + ascii(text));
      case 6 ->
          multipart(
              number,
              "mixed",
              part("text/plain; charset=us-ascii", "", "7bit", ascii(text)),
              part("message/rfc822", "", "7bit", ordinary(number * 8)));
      default ->
          mail(
              number,
              "List-Id: <gardeners.office.example>\r\nPrecedence: list\r\n",
              "text/plain; charset=iso-8859-1",
              "8bit",
              text);
    };
  }

  /// A message with this text.
  public static String withText(String text) {
    return mail(1, "", "text/plain; charset=us-ascii", "7bit", text + "\r\n");
  }

  /// A message with a letter and this file, in base64.
  public static String withFile(String name, byte[] content) {
    return multipart(
        1,
        "mixed",
        part("text/plain; charset=us-ascii", "", "7bit", ascii(letter(new Random(1), 5))),
        part("application/octet-stream", name, "base64", base64(content)));
  }

  /// A file in a zip.
  public static byte[] zip(String name, byte[] content) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(octets)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return octets.toByteArray();
  }

  /// EICAR's test file for scanners of viruses, 68 octets. Put together here, so that no scanner
  /// takes this program for it.
  public static String eicar() {
    return "X5O!P%@AP[4\\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*";
  }

  /// The test string for scanners of spam.
  public static String gtube() {
    return "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";
  }

  /// A message of messages in messages.
  public static String deep(int depth) {
    StringBuilder text = new StringBuilder(header(1, "")).append("MIME-Version: 1.0\r\n");
    for (int level = 0; level < depth; level++) {
      text.append(
          "Content-Type: multipart/mixed; boundary=\"b%d\"\r\n\r\n--b%d\r\n"
              .formatted(level, level));
    }
    return text.append("Content-Type: text/plain\r\n\r\nat the bottom\r\n").toString();
  }

  /// A message of so many parts.
  public static String broad(int parts) {
    StringBuilder text =
        new StringBuilder(header(1, ""))
            .append("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
    for (int part = 0; part < parts; part++) {
      text.append("--b\r\nContent-Type: text/plain\r\n\r\n").append(part).append("\r\n");
    }
    return text.append("--b--\r\n").toString();
  }

  /// A message with a file whose name has so many pieces (RFC 2231 §3).
  public static String longName(int pieces) {
    StringBuilder text =
        new StringBuilder(header(1, ""))
            .append("MIME-Version: 1.0\r\nContent-Type: application/octet-stream");
    for (int piece = 0; piece < pieces; piece++) {
      text.append(";\r\n name*").append(piece).append("*=%41").append("a".repeat(50));
    }
    return text.append("\r\n\r\nfile\r\n").toString();
  }

  private static String mail(int number, String fields, String type, String encoding, String body) {
    return header(number, fields)
        + "MIME-Version: 1.0\r\nContent-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n"
            .formatted(type, encoding)
        + body;
  }

  private static String multipart(int number, String kind, String... parts) {
    String boundary = "=_part_" + number;
    StringBuilder text =
        new StringBuilder(header(number, ""))
            .append(
                "MIME-Version: 1.0\r\nContent-Type: multipart/%s; boundary=\"%s\"\r\n\r\n"
                    .formatted(kind, boundary));
    for (String part : parts) {
      text.append("--").append(boundary).append("\r\n").append(part).append("\r\n");
    }
    return text.append("--").append(boundary).append("--\r\n").toString();
  }

  private static String part(String type, String name, String encoding, String body) {
    String file =
        name.isEmpty() ? "" : "Content-Disposition: attachment; filename=\"" + name + "\"\r\n";
    return type.startsWith("message/")
        ? "Content-Type: %s\r\n\r\n".formatted(type) + body
        : "Content-Type: %s\r\n%sContent-Transfer-Encoding: %s\r\n\r\n"
                .formatted(type, file, encoding)
            + body;
  }

  private static String header(int number, String fields) {
    String domain = DOMAINS.get(number % DOMAINS.size());
    String person = PEOPLE.get(number % PEOPLE.size());
    String local = "user" + number;
    String now =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).withNano(0));
    return """
    Received: from mail.%1$s (mail.%1$s [192.0.2.%2$d]) by mx.dest.example
     with ESMTP id %3$d for <bob@dest.example>; %4$s
    From: %5$s <%6$s@%1$s>
    To: Bob <bob@dest.example>
    Subject: %7$s
    Date: %4$s
    Message-ID: <%3$d.letter@%1$s>
    """
            .formatted(
                domain,
                1 + number % 200,
                number,
                now,
                word(person),
                local,
                SUBJECTS.get(number / 3 % SUBJECTS.size()))
            .replace("\n", "\r\n")
        + fields;
  }

  private static String letter(Random random, int sentences) {
    StringBuilder text = new StringBuilder("Dear Bob,\r\n\r\n");
    for (int at = 0; at < sentences; at++) {
      text.append(SENTENCES.get(random.nextInt(SENTENCES.size()))).append("\r\n");
      if (random.nextInt(4) == 0) {
        text.append("\r\n");
      }
    }
    return text.append("\r\nKind regards\r\n").toString();
  }

  private static String html(String text) {
    return "<html><head><title>letter</title></head><body>\r\n<p>"
        + text.replace("\r\n\r\n", "</p>\r\n<p>")
        + "</p>\r\n</body></html>\r\n";
  }

  private static String figures(Random random, int lines) {
    StringBuilder text = new StringBuilder("day,sensor,value\n");
    for (int line = 0; line < lines; line++) {
      text.append(line).append(",s").append(random.nextInt(9)).append(',');
      text.append(random.nextInt(10_000)).append('\n');
    }
    return text.toString();
  }

  private static String ascii(String text) {
    return java.text.Normalizer.normalize(text.replace("ß", "ss"), java.text.Normalizer.Form.NFD)
        .replaceAll("[^\\x00-\\x7f]", "");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  private static String base64(byte[] octets) {
    return MIME.encodeToString(octets) + "\r\n";
  }

  private static String word(String text) {
    return ascii(text).equals(text)
        ? text
        : "=?utf-8?B?" + Base64.getEncoder().encodeToString(utf8(text)) + "?=";
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder();
    for (char c : new String(utf8(text), ISO_8859_1).toCharArray()) {
      if (c == '\r' || c == '\n' || c >= ' ' && c < 0x7f && c != '=') {
        out.append(c);
      } else {
        out.append("=%02X".formatted((int) c));
      }
    }
    return out.toString();
  }
}

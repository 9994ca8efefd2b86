package io.gatepost.testkit.smtp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A dialogue between a client and the server, as a text file. Its lines:
///
/// | line | meaning |
/// | --- | --- |
/// | `@ from 127.0.0.2` | the address to connect from; before all else |
/// | `C: text` | the client sends the text and CRLF |
/// | `C= text` | the client sends exactly the text, with `\r`, `\n`, `\0`, `\\` and `\xHH` for octets |
/// | `C*1001: text` | sent so many times, in one go; `{n}` counts from 1 |
/// | `S: text` | the server's next reply is this line |
/// | `S~ text` | … begins so |
/// | `S*1000: text` | so many replies are this line |
/// | `S+ text` | the reply that was just read has such a line, after its code |
/// | `S.` | the server has closed the connection |
/// | `# text` | a comment |
///
/// A reply of several lines is one reply; `S:` and `S~` look at its first line.
public record SmtpScript(String name, List<Line> lines) {

  private static final Pattern TIMES = Pattern.compile("([CS])\\*(\\d+): ?(.*)");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(r|n|0|\\\\|x[0-9a-fA-F]{2})");
  private static final String DEFAULT_FROM = "127.0.0.1";

  /// One line of a script.
  sealed interface Line {
    int number();

    record From(int number, String address) implements Line {}

    record Send(int number, String octets, int times) implements Line {}

    record Expect(int number, String text, boolean whole, int times) implements Line {}

    record Contains(int number, String text) implements Line {}

    record Closed(int number) implements Line {}
  }

  /// Reads a script; an [IllegalArgumentException] names the line that is none.
  public static SmtpScript read(Path file) {
    try {
      List<String> text = Files.readAllLines(file, UTF_8);
      List<Line> lines = new ArrayList<>();
      for (int i = 0; i < text.size(); i++) {
        String line = text.get(i);
        if (!line.isBlank() && !line.startsWith("#")) {
          lines.add(line(file, i + 1, line));
        }
      }
      return new SmtpScript(file.getFileName().toString(), lines);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read", e);
    }
  }

  /// Plays it; an [AssertionError] names the line that went wrong and shows the dialogue so far.
  public void play(InetSocketAddress server) throws IOException {
    String from = lines.getFirst() instanceof Line.From(_, var address) ? address : DEFAULT_FROM;
    try (SmtpClient client = SmtpClient.connect(server, from)) {
      StringBuilder transcript = new StringBuilder();
      String reply = "";
      for (Line line : lines) {
        switch (line) {
          case Line.From _ -> {}
          case Line.Send send -> {
            client.send(octets(send));
            transcript.append("C: ").append(shown(send)).append('\n');
          }
          case Line.Expect expect -> {
            for (int i = 0; i < expect.times(); i++) {
              reply = client.reply();
              transcript.append("S: ").append(reply).append('\n');
              check(expect, reply, transcript);
            }
          }
          case Line.Contains contains -> {
            String last = reply;
            if (last.lines().noneMatch(said -> after(said).equals(contains.text()))) {
              throw failure(contains, transcript);
            }
          }
          case Line.Closed closed -> {
            if (!client.reply().isEmpty()) {
              throw failure(closed, transcript);
            }
          }
        }
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private void check(Line.Expect expect, String reply, StringBuilder transcript) {
    String first = reply.lines().findFirst().orElse("");
    boolean right = expect.whole() ? first.equals(expect.text()) : first.startsWith(expect.text());
    if (!right) {
      throw failure(expect, transcript);
    }
  }

  private AssertionError failure(Line line, StringBuilder transcript) {
    String shown = transcript.substring(Math.max(0, transcript.length() - 4000));
    return new AssertionError(
        name + ":" + line.number() + ": expected " + line + ", the dialogue was\n" + shown);
  }

  private static String octets(Line.Send send) {
    if (send.times() == 1) {
      return send.octets();
    }
    StringBuilder all = new StringBuilder();
    for (int n = 1; n <= send.times(); n++) {
      all.append(send.octets().replace("{n}", Integer.toString(n)));
    }
    return all.toString();
  }

  private static String shown(Line.Send send) {
    String text = send.octets().stripTrailing();
    String start = text.length() > 200 ? text.substring(0, 200) + "…" : text;
    return send.times() == 1 ? start : start + " (" + send.times() + " times)";
  }

  private static String after(String line) {
    return line.length() > 4 ? line.substring(4) : "";
  }

  private static Line line(Path file, int number, String line) {
    Matcher times = TIMES.matcher(line);
    if (times.matches()) {
      int count = Integer.parseInt(times.group(2));
      return times.group(1).equals("C")
          ? new Line.Send(number, times.group(3) + "\r\n", count)
          : new Line.Expect(number, times.group(3), true, count);
    }
    String mark = line.substring(0, Math.min(2, line.length()));
    String text = line.length() > 3 ? line.substring(3) : "";
    return switch (mark) {
      case "C:" -> new Line.Send(number, text + "\r\n", 1);
      case "C=" -> new Line.Send(number, unescaped(text), 1);
      case "S:" -> new Line.Expect(number, text, true, 1);
      case "S~" -> new Line.Expect(number, text, false, 1);
      case "S+" -> new Line.Contains(number, text);
      case "S." -> new Line.Closed(number);
      case "@ " -> new Line.From(number, line.substring("@ from ".length()));
      default -> throw new IllegalArgumentException(file + ":" + number + ": " + line);
    };
  }

  private static String unescaped(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(octet(match.group(1))));
  }

  private static String octet(String escape) {
    return switch (escape) {
      case "r" -> "\r";
      case "n" -> "\n";
      case "0" -> "\0";
      case "\\" -> "\\";
      default -> String.valueOf((char) Integer.parseInt(escape.substring(1), 16));
    };
  }

  /// All scripts of a directory, by name.
  public static List<SmtpScript> in(Path directory) {
    try (var files = Files.list(directory)) {
      return Arrays.stream(files.toArray(Path[]::new))
          .filter(file -> file.toString().endsWith(".smtp"))
          .sorted()
          .map(SmtpScript::read)
          .toList();
    } catch (IOException e) {
      throw new IllegalArgumentException(directory + " cannot be read", e);
    }
  }
}

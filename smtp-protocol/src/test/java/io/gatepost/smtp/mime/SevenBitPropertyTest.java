package io.gatepost.smtp.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/// Random messages of all shapes: decoded they are what they were.
class SevenBitPropertyTest {

  private static final int MESSAGES = 1_500;

  private static final String[] TYPES = {
    "text/plain; charset=utf-8",
    "TEXT/html",
    "application/pdf",
    "image/png; name=\"a;b\"",
    "message/global",
    "message/delivery-status"
  };

  private static final String[] LABELS = {"", "7bit", "8bit", "Binary", " binary (raw)"};

  @Test
  void partsAreWhatTheyWereWhateverTheirShape() {
    for (int seed = 0; seed < MESSAGES; seed++) {
      Random random = new Random(seed);
      String message =
          "Subject: x\r\nMIME-Version: 1.0\r\n" + entity(random, 4, new int[1], "\r\n");

      String converted =
          Converted.through(
              random.nextBoolean() ? SevenBit.forDelivery() : SevenBit.forScanner(),
              message,
              () -> 1 + random.nextInt(random.nextBoolean() ? 3 : 5_000));

      Converted.assertSevenBit(converted);
      assertThat(Leaves.of(converted)).describedAs("seed %d", seed).isEqualTo(Leaves.of(message));
      assertThat(Converted.forDelivery(converted))
          .describedAs("seed %d again", seed)
          .isEqualTo(converted);
    }
  }

  private static String entity(Random random, int depth, int[] boundaries, String end) {
    int shape = depth == 0 ? 0 : random.nextInt(6);
    return switch (shape) {
      case 4 -> multipart(random, depth, boundaries);
      case 5 ->
          "Content-Type: message/rfc822\r\n"
              + label(random)
              + "\r\nSubject: inner\r\n"
              + entity(random, depth - 1, boundaries, end);
      default -> leaf(random);
    };
  }

  private static String multipart(Random random, int depth, int[] boundaries) {
    String boundary = "=b" + boundaries[0]++;
    StringBuilder text =
        new StringBuilder("Content-Type: multipart/mixed;\r\n boundary=\"" + boundary + "\"\r\n");
    text.append(label(random)).append("\r\n").append(random.nextBoolean() ? "pre\u00e9\r\n" : "");
    for (int i = random.nextInt(4); i >= 0; i--) {
      text.append("--").append(boundary).append(random.nextInt(9) == 0 ? " \r\n" : "\r\n");
      text.append(entity(random, depth - 1, boundaries, "")).append("\r\n");
    }
    text.append("--").append(boundary).append("--");
    return text.append(random.nextBoolean() ? "\r\n" : "\r\nepilogue\0").toString();
  }

  private static String label(Random random) {
    String label = LABELS[random.nextInt(LABELS.length)];
    return label.isEmpty() ? "" : "Content-Transfer-Encoding:" + label + "\r\n";
  }

  private static String leaf(Random random) {
    String type =
        random.nextInt(4) == 0
            ? ""
            : "Content-Type: " + TYPES[random.nextInt(TYPES.length)] + "\r\n";
    return type + label(random) + "\r\n" + body(random);
  }

  private static String body(Random random) {
    StringBuilder body = new StringBuilder();
    int pieces = random.nextInt(random.nextInt(20) == 0 ? 4_000 : 40);
    for (int i = 0; i < pieces; i++) {
      body.append(
          switch (random.nextInt(12)) {
            case 0 -> "\r\n";
            case 1 -> " \t \r\n";
            case 2 -> "-- \r\n--=b" + random.nextInt(3) + "x\r\n";
            case 3 -> random.nextInt(6) == 0 ? "\r" : "=";
            case 4 -> random.nextInt(6) == 0 ? "\n" : "=C3";
            case 5 -> random.nextInt(9) == 0 ? "\0" : "\t";
            case 6, 7 -> random.nextInt(3) == 0 ? "\u00fc\u00ff\u0080" : "u";
            case 8 -> random.nextInt(20) == 0 ? "long ".repeat(300) : "short ";
            default -> "some text " + random.nextInt();
          });
    }
    // a CR at the end would make a line end of the boundary's
    return body.append(random.nextInt(3) == 0 ? "." : "\r\n").toString();
  }
}

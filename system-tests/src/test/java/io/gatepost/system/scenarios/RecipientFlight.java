package io.gatepost.system.scenarios;

import io.gatepost.system.Estate;
import io.gatepost.testkit.smtp.SmtpClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The replies to all recipients of one message, which a stranger sends in one flight.
///
/// @param replies in the order of the recipients
/// @param took from the first RCPT to the reply to the last
record RecipientFlight(List<String> replies, Duration took) {

  static RecipientFlight of(Estate estate, String from, List<String> recipients)
      throws IOException {
    try (SmtpClient client = SmtpClient.connect(estate.gatepost().smtp(), from)) {
      client.reply();
      client.say("EHLO stranger.example");
      StringBuilder flight = new StringBuilder("MAIL FROM:<>\r\n");
      recipients.forEach(recipient -> flight.append("RCPT TO:<" + recipient + ">\r\n"));
      long began = System.nanoTime();
      client.send(flight.toString());
      client.reply();
      List<String> replies = new ArrayList<>(recipients.size());
      for (String _ : recipients) {
        replies.add(client.reply());
      }
      return new RecipientFlight(replies, Duration.ofNanos(System.nanoTime() - began));
    }
  }
}

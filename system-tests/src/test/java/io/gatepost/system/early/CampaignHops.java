package io.gatepost.system.early;

import io.gatepost.system.Estate;
import io.gatepost.testkit.smtp.FakeSmtpServer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Answer;
import io.gatepost.testkit.smtp.FakeSmtpServer.Moment;
import io.gatepost.testkit.smtp.FakeSmtpServer.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// The next hops of the campaign: a quick one, one that is slow beyond the budget now and then, one
/// that refuses a recipient, one that loses replies to the dot, and the strangers' own.
final class CampaignHops implements AutoCloseable {

  /// How many messages there are to one whose dot is not answered, or late.
  private static final int ONE_IN = 5;

  private final Map<String, FakeSmtpServer> byName =
      Map.of(
          "quick", FakeSmtpServer.start(),
          "slow", FakeSmtpServer.start(),
          "choosy", FakeSmtpServer.start(),
          "lossy", FakeSmtpServer.start(),
          "home", FakeSmtpServer.start());
  private final Set<String> lost = ConcurrentHashMap.newKeySet();

  /// @param slow how long the slow one takes for a dot
  CampaignHops(Duration slow) {
    Answer good = new Answer.Good();
    byName
        .get("slow")
        .behave(moment -> {
          if (isChosenAt(Stage.END_OF_DATA, moment)) {
            pause(slow);
          }
          return good;
        });
    byName
        .get("choosy")
        .behave(moment ->
            moment.stage() == Stage.RCPT && moment.argument().equals(Campaign.REFUSED)
                ? new Answer.Say("550 5.1.1 no such user")
                : good);
    byName
        .get("lossy")
        .behave(moment ->
            isChosenAt(Stage.END_OF_DATA, moment) && lost.add(moment.argument())
                ? new Answer.TakeAndHangUp()
                : good);
    byName.get("home").keepContent();
  }

  /// Has a suite's mail routed to them.
  void routeFrom(Estate estate) {
    String lines =
        byName.entrySet().stream()
            .map(hop ->
                hop.getKey()
                    + ".test smtp:[127.0.0.1]:"
                    + hop.getValue().address().getPort()
                    + "\n")
            .collect(Collectors.joining());
    estate.change(estate.mailertable(), table -> table + lines, "a@quick.test", "250");
  }

  /// Those that get what clients send.
  List<FakeSmtpServer> all() {
    return byName.entrySet().stream()
        .filter(hop -> !hop.getKey().equals("home"))
        .map(Map.Entry::getValue)
        .toList();
  }

  /// Where notices to strangers go.
  FakeSmtpServer home() {
    return byName.get("home");
  }

  /// Whether the reply to a message's dot was lost once.
  boolean hasLost(String id) {
    return lost.contains(id);
  }

  @Override
  public void close() {
    byName.values().forEach(FakeSmtpServer::close);
  }

  private static boolean isChosenAt(Stage stage, Moment moment) {
    return moment.stage() == stage && Math.floorMod(moment.argument().hashCode(), ONE_IN) == 0;
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}

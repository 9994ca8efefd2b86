package io.gatepost.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.bench.measure.ProcessGroup;
import io.gatepost.bench.measure.ProcessGroups;
import io.gatepost.bench.mta.Bare;
import io.gatepost.bench.mta.RunningSystem;
import io.gatepost.bench.mta.Site;
import io.gatepost.embedded.FreePort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The generators against the server that does not look at what it is told.
class GeneratorsTest {

  @TempDir private Path directory;

  @Test
  void everySessionIsRefusedAndCounted() throws Exception {
    try (ProcessGroups groups = ProcessGroups.open();
        RunningSystem server = bare(groups.group("bare"));
        LoadProcess load = start(groups, RejectLoad.class, server)) {

      RejectLoad.Outcome outcome =
          load.order(RejectLoad.Outcome.class, 20, 500, RejectLoad.Clients.EVERY_OTHER_LISTED);

      assertThat(outcome.refused()).isEqualTo(500);
      assertThat(outcome.sessions()).isEqualTo(500);
      assertThat(outcome.session().median()).isPositive();
      assertThat(outcome.session().max()).isGreaterThanOrEqualTo(outcome.session().p99());
    }
  }

  @Test
  void recipientsAreJudgedByWhatTheNextHopKnows() throws Exception {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find());
    try (ProcessGroups groups = ProcessGroups.open();
        LoadProcess hop = LoadProcess.start(groups.group("hop"), NextHop.class, address)) {
      Greeting.await(address, () -> true);
      try (LoadProcess load = LoadProcess.start(groups.group("load"), CalloutLoad.class, address)) {
        NextHop.Asked before = hop.order(NextHop.Asked.class, "asked");

        CalloutLoad.Outcome outcome =
            load.order(
                CalloutLoad.Outcome.class, new CalloutLoad.Order(7, 3, 100, 50, 200).words());

        NextHop.Asked asked = hop.order(NextHop.Asked.class, "asked").since(before);
        assertThat(outcome.verified()).isEqualTo(200);
        assertThat(outcome.later() + outcome.wrong()).isZero();
        assertThat(asked).isEqualTo(new NextHop.Asked(67, 200));
      }
    }
  }

  @Test
  void aServerThatRefusesWhomTheNextHopKnowsIsWrong() throws Exception {
    try (ProcessGroups groups = ProcessGroups.open();
        RunningSystem server = bare(groups.group("bare"));
        LoadProcess load = start(groups, CalloutLoad.class, server)) {

      // The bare server refuses every recipient.
      CalloutLoad.Outcome outcome =
          load.order(CalloutLoad.Outcome.class, new CalloutLoad.Order(5, 1, 0, 100, 100).words());

      assertThat(outcome.verified()).isEqualTo(50);
      assertThat(outcome.wrong()).isEqualTo(50);
      assertThat(outcome.example()).startsWith("550");
    }
  }

  @Test
  void everyClassOfTheMixIsCounted() throws Exception {
    try (ProcessGroups groups = ProcessGroups.open();
        RunningSystem server = bare(groups.group("bare"));
        LoadProcess load = start(groups, MixLoad.class, server)) {

      // The bare server refuses every recipient.
      MixOutcome outcome = load.order(MixOutcome.class, new MixLoad.Order(812, 20, 0).words());

      assertThat(outcome.classes())
          .extracting(MixOutcome.OfClass::sessions)
          .containsExactly(10, 30, 670, 15, 12, 20, 30, 25);
      assertThat(outcome.classes())
          .extracting(MixOutcome.OfClass::right)
          .containsExactly(10, 30, 670, 15, 12, 0, 0, 0);
      assertThat(outcome.classes()).allSatisfy(each -> assertThat(each.lost()).isZero());
      assertThat(outcome.example()).contains("at RCPT: 550");
    }
  }

  @Test
  void sessionsOfTheMixBeginInTheirTime() throws Exception {
    try (ProcessGroups groups = ProcessGroups.open();
        RunningSystem server = bare(groups.group("bare"));
        LoadProcess load = start(groups, MixLoad.class, server)) {

      MixOutcome outcome = load.order(MixOutcome.class, new MixLoad.Order(81, 0, 1_000).words());

      assertThat(outcome.sessions()).isEqualTo(81);
      assertThat(outcome.seconds()).isBetween(0.8, 30.0);
    }
  }

  @Test
  void idleSessionsSitWhileOthersComeAndGo() throws Exception {
    try (ProcessGroups groups = ProcessGroups.open();
        RunningSystem server = bare(groups.group("bare"));
        LoadProcess load = start(groups, IdleLoad.class, server)) {

      load.order(IdleLoad.Outcome.class, "pass", 50);
      load.order(IdleLoad.Outcome.class, "open", 200);
      IdleLoad.Outcome probed = load.order(IdleLoad.Outcome.class, "probe", 20);
      IdleLoad.Outcome left = load.order(IdleLoad.Outcome.class, "leave", 0);

      assertThat(probed.sitting()).isEqualTo(200);
      assertThat(probed.lost()).isZero();
      assertThat(left.sitting()).isZero();
    }
  }

  @Test
  void aClientThatGetsAnotherReplyThanItWantsIsLost() throws Exception {
    try (ProcessGroups groups = ProcessGroups.open();
        RunningSystem server = bare(groups.group("bare"));
        LoadProcess load = start(groups, DribbleLoad.class, server)) {

      // The bare server refuses every recipient.
      DribbleLoad.Outcome outcome = load.order(DribbleLoad.Outcome.class, "dribble", 3);

      assertThat(outcome.lost()).isEqualTo(3);
      assertThat(outcome.example()).startsWith("550");
    }
  }

  private RunningSystem bare(ProcessGroup group) throws Exception {
    return new Bare().start(new Site(directory, group, new InetSocketAddress(0), 0));
  }

  private static LoadProcess start(ProcessGroups groups, Class<?> generator, RunningSystem server)
      throws Exception {
    return LoadProcess.start(groups.group("load"), generator, server.smtp());
  }
}

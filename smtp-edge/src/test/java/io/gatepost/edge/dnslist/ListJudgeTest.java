package io.gatepost.edge.dnslist;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.address.DomainName;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListJudgeTest {

  private static final ZoneAnswer LISTED = listed("127.0.0.2");

  private static ZoneAnswer listed(String... codes) {
    return ZoneAnswer.of(Arrays.stream(codes).map(ReturnCode::parse).toList());
  }

  private static DnsList list(String zone, int weight, ListAction action, String... codes) {
    return new DnsList(
        DomainName.of(zone), weight, Arrays.stream(codes).map(CodeRange::parse).toList(), action);
  }

  private static String judged(int threshold, List<DnsList> lists, ZoneAnswer... answers) {
    Optional<ListVerdict> verdict = new ListJudge(lists, threshold).judge(List.of(answers));
    return verdict
        .map(known ->
            switch (known) {
              case ListVerdict.Clear _ -> "clear";
              case ListVerdict.Allowed(var zone) -> "allowed " + zone;
              case ListVerdict.Marked(var zones) -> "marked " + zones;
              case ListVerdict.Deferred(var zone, _) -> "deferred " + zone;
              case ListVerdict.Refused(var zone, _) -> "refused " + zone;
            })
        .orElse("open");
  }

  @ParameterizedTest
  @CsvSource({
    "REFUSE, refused a.example",
    "DEFER, deferred a.example",
    "MARK, marked [a.example]",
    "ALLOW, allowed a.example"
  })
  void oneListIsEnough(ListAction action, String verdict) {
    assertThat(judged(1, List.of(list("a.example", 1, action)), LISTED)).isEqualTo(verdict);
    assertThat(judged(1, List.of(list("a.example", 1, action)), ZoneAnswer.CLEAR))
        .isEqualTo("clear");
    assertThat(judged(1, List.of(list("a.example", 1, action)), ZoneAnswer.UNKNOWN))
        .isEqualTo("clear");
  }

  @Test
  void weightsAreSummedUpAgainstTheThreshold() {
    List<DnsList> lists =
        List.of(
            list("a.example", 2, ListAction.REFUSE),
            list("b.example", 1, ListAction.REFUSE),
            list("c.example", 1, ListAction.REFUSE));

    assertThat(judged(3, lists, LISTED, ZoneAnswer.CLEAR, ZoneAnswer.CLEAR)).isEqualTo("clear");
    assertThat(judged(3, lists, ZoneAnswer.CLEAR, LISTED, LISTED)).isEqualTo("clear");
    assertThat(judged(3, lists, LISTED, ZoneAnswer.CLEAR, LISTED)).isEqualTo("refused a.example");
  }

  @Test
  void theStrictestActionOfThoseThatHaveTheClientIsTaken() {
    List<DnsList> lists =
        List.of(
            list("a.example", 1, ListAction.MARK),
            list("b.example", 1, ListAction.DEFER),
            list("c.example", 1, ListAction.REFUSE));

    assertThat(judged(1, lists, LISTED, LISTED, LISTED)).isEqualTo("refused c.example");
    assertThat(judged(1, lists, LISTED, LISTED, ZoneAnswer.CLEAR)).isEqualTo("deferred b.example");
    assertThat(judged(1, lists, LISTED, ZoneAnswer.CLEAR, ZoneAnswer.CLEAR))
        .isEqualTo("marked [a.example]");
  }

  @Test
  void aListThatAllowsTakesPrecedence() {
    List<DnsList> lists =
        List.of(
            list("a.example", 1000, ListAction.REFUSE), list("good.example", 1, ListAction.ALLOW));

    assertThat(judged(1, lists, LISTED, LISTED)).isEqualTo("allowed good.example");
    assertThat(judged(1, lists, ZoneAnswer.PENDING, LISTED)).isEqualTo("allowed good.example");
    assertThat(judged(1, lists, LISTED, ZoneAnswer.CLEAR)).isEqualTo("refused a.example");
  }

  @Test
  void nobodyIsRefusedForGoodWhileAListThatMightAllowHimIsSilent() {
    List<DnsList> lists =
        List.of(list("a.example", 1, ListAction.REFUSE), list("good.example", 1, ListAction.ALLOW));

    assertThat(judged(1, lists, LISTED, ZoneAnswer.PENDING)).isEqualTo("open");
    assertThat(judged(1, lists, LISTED, ZoneAnswer.UNKNOWN)).isEqualTo("deferred a.example");
  }

  @Test
  void whatIsPendingIsWaitedForOnlyWhereItCouldChangeTheVerdict() {
    List<DnsList> lists =
        List.of(
            list("a.example", 1, ListAction.REFUSE),
            list("b.example", 1, ListAction.DEFER),
            list("good.example", 1, ListAction.ALLOW));

    assertThat(judged(1, lists, LISTED, ZoneAnswer.PENDING, ZoneAnswer.CLEAR))
        .isEqualTo("refused a.example");
    assertThat(judged(1, lists, ZoneAnswer.PENDING, LISTED, ZoneAnswer.CLEAR)).isEqualTo("open");
    assertThat(judged(1, lists, ZoneAnswer.CLEAR, ZoneAnswer.CLEAR, ZoneAnswer.PENDING))
        .isEqualTo("clear");
    assertThat(judged(3, lists, ZoneAnswer.CLEAR, ZoneAnswer.PENDING, ZoneAnswer.PENDING))
        .isEqualTo("clear");
  }

  @Test
  void onlyCodesOfTheListCount() {
    List<DnsList> lists =
        List.of(list("a.example", 1, ListAction.REFUSE, "127.0.0.2-127.0.0.4", "127.0.1.200"));

    assertThat(judged(1, lists, listed("127.0.0.1"))).isEqualTo("clear");
    assertThat(judged(1, lists, listed("127.0.0.2"))).isEqualTo("refused a.example");
    assertThat(judged(1, lists, listed("127.0.0.4"))).isEqualTo("refused a.example");
    assertThat(judged(1, lists, listed("127.0.0.5"))).isEqualTo("clear");
    assertThat(judged(1, lists, listed("127.0.0.5", "127.0.1.200"))).isEqualTo("refused a.example");
  }

  @Test
  void partsOfOneZoneHaveActionsOfTheirOwn() {
    List<DnsList> lists =
        List.of(
            list("zen.example", 1, ListAction.REFUSE, "127.0.0.2"),
            list("zen.example", 1, ListAction.MARK, "127.0.0.10-127.0.0.11"));

    assertThat(new ListJudge(lists, 1).zones()).containsExactly(DomainName.of("zen.example"));
    assertThat(judged(1, lists, listed("127.0.0.11"))).isEqualTo("marked [zen.example]");
    assertThat(judged(1, lists, listed("127.0.0.2", "127.0.0.11")))
        .isEqualTo("refused zen.example");
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.1", "126.255.255.255", "128.0.0.1", "127.255.255.254", "127.255.255.0"})
  void anAnswerThatNoListGivesOfAClientIsNoListing(String code) {
    assertThat(listed(code)).isEqualTo(new ZoneAnswer.Faulty(ReturnCode.parse(code)));
    assertThat(listed("127.0.0.2", code)).isInstanceOf(ZoneAnswer.Faulty.class);
    assertThat(judged(1, List.of(list("a.example", 1, ListAction.REFUSE)), listed(code)))
        .isEqualTo("clear");
  }

  @Test
  void allOtherLoopbackAddressesAreListings() {
    assertThat(listed("127.0.0.0")).isInstanceOf(ZoneAnswer.Listed.class);
    assertThat(listed("127.255.254.255")).isInstanceOf(ZoneAnswer.Listed.class);
    assertThat(listed()).isEqualTo(ZoneAnswer.CLEAR);
  }

  @Test
  void aReasonIsOneShortLineOfAscii() {
    assertThat(new ListReason(" spam\r\n250 OK\t\u0000\u00e9see  http://l.example/?ip=1 ").text())
        .isEqualTo("spam 250 OK ?see http://l.example/?ip=1");
    assertThat(new ListReason("x".repeat(5_000)).text()).hasSize(ListReason.MAX_LENGTH);
    assertThat(new ListReason("\u007f\u001b[2J").text()).isEqualTo("[2J");
  }
}

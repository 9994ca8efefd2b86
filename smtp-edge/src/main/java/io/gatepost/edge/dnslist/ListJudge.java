package io.gatepost.edge.dnslist;

import io.gatepost.contract.address.DomainName;
import java.util.List;
import java.util.Optional;

/// The meaning of what the lists say of a client. A list that allows takes precedence. Of the
/// others, the weights of those that have the client are summed up; from the threshold on, the
/// strictest action among them is taken. What a list does not say in time counts nothing, with one
/// exception: nobody is refused for good while a list that might allow him is silent.
///
/// @param lists in the order of the settings
/// @param threshold at least 1
public record ListJudge(List<DnsList> lists, int threshold) {

  public ListJudge {
    lists = List.copyOf(lists);
  }

  /// The zones to ask, each once.
  public List<DomainName> zones() {
    return lists.stream().map(DnsList::zone).distinct().toList();
  }

  /// The verdict; empty where it depends on answers that are pending.
  ///
  /// @param answers in the order of [#zones()]
  public Optional<ListVerdict> judge(List<ZoneAnswer> answers) {
    List<DomainName> zones = zones();
    long sum = 0;
    long pending = 0;
    boolean mayBeAllowed = false;
    boolean isAllowPending = false;
    DnsList strictest = null;
    for (DnsList list : lists) {
      ZoneAnswer answer = answers.get(zones.indexOf(list.zone()));
      if (list.action() == ListAction.ALLOW) {
        if (list.has(answer)) {
          return Optional.of(new ListVerdict.Allowed(list.zone()));
        }
        isAllowPending |= answer instanceof ZoneAnswer.Pending;
        mayBeAllowed |= answer instanceof ZoneAnswer.Unknown;
      } else if (answer instanceof ZoneAnswer.Pending) {
        pending += list.weight();
      } else if (list.has(answer)) {
        sum += list.weight();
        if (strictest == null || list.action().compareTo(strictest.action()) > 0) {
          strictest = list;
        }
      }
    }
    if (sum + pending < threshold) {
      return Optional.of(ListVerdict.CLEAR);
    }
    boolean mayBeStricter =
        pending > 0 && (strictest == null || strictest.action() != ListAction.REFUSE);
    return strictest == null || sum < threshold || isAllowPending || mayBeStricter
        ? Optional.empty()
        : Optional.of(verdict(strictest, mayBeAllowed, zones, answers));
  }

  private ListVerdict verdict(
      DnsList strictest, boolean mayBeAllowed, List<DomainName> zones, List<ZoneAnswer> answers) {
    return switch (strictest.action()) {
      case MARK ->
          new ListVerdict.Marked(
              lists.stream()
                  .filter(list -> list.has(answers.get(zones.indexOf(list.zone()))))
                  .map(DnsList::zone)
                  .distinct()
                  .toList());
      case REFUSE ->
          mayBeAllowed
              ? new ListVerdict.Deferred(strictest.zone(), ListReason.NONE)
              : new ListVerdict.Refused(strictest.zone(), ListReason.NONE);
      case DEFER, ALLOW -> new ListVerdict.Deferred(strictest.zone(), ListReason.NONE);
    };
  }
}

package io.gatepost.routing.check;

import io.gatepost.contract.reply.Reply;
import io.gatepost.routing.chain.Query;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.check.Finding.Kind;
import java.util.Optional;
import java.util.Set;

/// Finds mistakes in the value of one entry, whatever else is configured.
final class EntryCheck {

  /// Codes that RFC 5321 §4.2 and §4.3.2, RFC 7504 and RFC 7505 have for recipients and hosts, and
  /// 500 to 504, which Sendmail's words stand for.
  private static final Set<Integer> USUAL_CODES =
      Set.of(
          450, 451, 452, 454, 455, 500, 501, 502, 503, 504, 521, 550, 551, 552, 553, 554, 555, 556);

  /// Subjects of enhanced status codes (RFC 3463 §3).
  private static final int HIGHEST_SUBJECT = 7;

  private EntryCheck() {}

  /// Looks at a router's result.
  static Optional<Finding> check(String where, RouterResult result) {
    return switch (result) {
      case RouterResult.Refuse(var _, var reply) -> reply(where, reply);
      case RouterResult.Later(var _, var reply) -> reply(where, reply);
      case RouterResult.Ask(Query.HostQuery.MailExchange(var domain, var _, var _)) ->
          host(where, domain.text());
      case RouterResult.Ask(Query.HostQuery.Host(var host, var _, var _)) ->
          host(where, host.text());
      case RouterResult.NoMatch _,
          RouterResult.Deliver _,
          RouterResult.DeliverAs _,
          RouterResult.Rewrite _,
          RouterResult.Ask _ ->
          Optional.empty();
    };
  }

  private static Optional<Finding> reply(String where, Reply reply) {
    if (!USUAL_CODES.contains(reply.code().value())) {
      return Optional.of(
          Finding.warning(
              Kind.ODD_REPLY,
              where,
              "clients do not expect " + reply.code().value() + " after RCPT",
              "use 550 for good, 450 for now"));
    }
    if (reply.status().subject() > HIGHEST_SUBJECT) {
      return Optional.of(
          Finding.warning(
              Kind.ODD_REPLY,
              where,
              "the status " + reply.status() + " is not one of RFC 3463",
              "use such as 5.1.1 (no such user) or 5.7.1 (not allowed)"));
    }
    return Optional.empty();
  }

  private static Optional<Finding> host(String where, String name) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    if (last.chars().allMatch(Character::isDigit)) {
      return Optional.of(
          Finding.error(
              Kind.ODD_HOST,
              where,
              name + " is no name of a host, the DNS is asked for it in vain",
              "write an address in brackets: smtp:[" + name + "]"));
    }
    if (name.indexOf('.') < 0) {
      return Optional.of(
          Finding.warning(
              Kind.ODD_HOST,
              where,
              name + " has no domain, the DNS is asked for it as it stands",
              "write the whole name of the host"));
    }
    return Optional.empty();
  }
}

package io.gatepost.routing.value;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.chain.RouterResult;
import io.gatepost.routing.chain.RoutingChain;
import io.gatepost.routing.lookup.TableText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// Where a table of addresses leads: to other addresses, which are routed in turn, or to a reply
/// ([ErrorValue]).
public sealed interface Value {

  /// Other addresses.
  final class Addresses implements Value {

    private final List<AddressTemplate> targets;

    private Addresses(List<AddressTemplate> targets) {
      this.targets = List.copyOf(targets);
    }

    @Override
    public boolean needsDomain() {
      return targets.stream().anyMatch(AddressTemplate::needsDomain);
    }

    @Override
    public RouterResult result(
        ForwardPath address, DomainName standard, IntFunction<String> parts) {
      List<ForwardPath> filled = new ArrayList<>(targets.size());
      try {
        for (AddressTemplate target : targets) {
          filled.add(target.fill(standard, parts));
        }
      } catch (IllegalArgumentException e) {
        return new RouterResult.Refuse(Reason.REFUSED_BY_TABLE, Replies.leadsToNoAddress(address));
      }
      return new RouterResult.Rewrite(filled);
    }
  }

  /// A reply.
  record Refusal(RouterResult reply) implements Value {
    @Override
    public boolean needsDomain() {
      return false;
    }

    @Override
    public RouterResult result(
        ForwardPath address, DomainName standard, IntFunction<String> parts) {
      return reply;
    }
  }

  /// Reads `address, address` or `error:…`; throws [SettingException] where it is neither.
  static Value parse(String where, String text, Parameters parameters) {
    return text.startsWith(ErrorValue.PREFIX)
        ? new Refusal(ErrorValue.parse(where, text.substring(ErrorValue.PREFIX.length())))
        : addresses(where, TableText.list(text), parameters);
  }

  /// Reads addresses; throws [SettingException] where one is none, or is a pipe or a file, or where
  /// they are more than an address may lead to.
  static Value addresses(String where, List<String> texts, Parameters parameters) {
    if (texts.size() > RoutingChain.MAX_LEGS) {
      throw new SettingException(
          where, texts.size() + " targets", RoutingChain.MAX_LEGS + " at most");
    }
    List<AddressTemplate> targets = new ArrayList<>(texts.size());
    for (String text : texts) {
      if (text.startsWith("|") || text.startsWith("/") || text.startsWith("\"|")) {
        throw new SettingException(
            where, text, "an address: pipes and files are not allowed, as tables run no programs");
      }
      targets.add(AddressTemplate.parse(where, text, parameters));
    }
    return new Addresses(targets);
  }

  /// Whether an address is among it without a domain.
  boolean needsDomain();

  /// Returns the router's result.
  ///
  /// @param address the one that was matched
  /// @param standard the domain of addresses without one
  /// @param parts what the numbers of [Parameters] stand for
  RouterResult result(ForwardPath address, DomainName standard, IntFunction<String> parts);
}

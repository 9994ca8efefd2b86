package io.gatepost.routing.value;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.LocalPart;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.routing.value.Parameters.Piece;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// An address in a value, of which parts may come from the address that was matched; without a
/// domain it is in one that the table chooses.
final class AddressTemplate {

  private static final DomainName ANY = new DomainName("example.test");
  private static final IntFunction<String> EXAMPLE = _ -> "a1";

  private final List<Piece> local;
  private final Optional<List<Piece>> domain;

  /// The address, where nothing has to be filled in.
  private final Optional<ForwardPath> constant;

  /// Whether the domain may be in the part before it.
  private final boolean mayHoldDomain;

  private AddressTemplate(
      List<Piece> local,
      Optional<List<Piece>> domain,
      Optional<ForwardPath> constant,
      boolean mayHoldDomain) {
    this.mayHoldDomain = mayHoldDomain;
    this.local = local;
    this.domain = domain;
    this.constant = constant;
  }

  /// Reads an address or a local part; throws [SettingException] where it is none.
  static AddressTemplate parse(String where, String text, Parameters parameters) {
    int at = text.lastIndexOf('@');
    String written = at < 0 ? text : text.substring(0, at);
    try {
      LocalPart.of(text(parameters.pieces(where, written), EXAMPLE)); // blanks need quotes
      List<Piece> local = parameters.pieces(where, unquoted(written));
      Optional<List<Piece>> domain =
          at < 0 ? Optional.empty() : Optional.of(parameters.pieces(where, text.substring(at + 1)));
      boolean mayHoldDomain = domain.isEmpty() && parameters.holdAddresses() && !isConstant(local);
      AddressTemplate template =
          new AddressTemplate(local, domain, Optional.empty(), mayHoldDomain);
      ForwardPath example = template.filled(ANY, EXAMPLE);
      return isConstant(local) && domain.map(AddressTemplate::isConstant).orElse(false)
          ? new AddressTemplate(local, domain, Optional.of(example), false)
          : template;
    } catch (SettingException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new SettingException(where, text, "an address or a local part");
    }
  }

  private static boolean isConstant(List<Piece> pieces) {
    return pieces.stream().noneMatch(Piece.Part.class::isInstance);
  }

  boolean needsDomain() {
    return domain.isEmpty() && !mayHoldDomain;
  }

  /// The address; throws [IllegalArgumentException] where the parts make none.
  ///
  /// @param standard the domain of an address without one
  ForwardPath fill(DomainName standard, IntFunction<String> parts) {
    return constant.orElseGet(() -> filled(standard, parts));
  }

  private ForwardPath filled(DomainName standard, IntFunction<String> parts) {
    String first = text(local, parts);
    if (mayHoldDomain && first.indexOf('@') > 0 && !isLocalPart(first)) {
      return ForwardPath.listed(first);
    }
    return new ForwardPath(
        localPart(first),
        domain.map(pieces -> DomainName.listed(text(pieces, parts))).orElse(standard));
  }

  private static String text(List<Piece> pieces, IntFunction<String> parts) {
    StringBuilder text = new StringBuilder();
    for (Piece piece : pieces) {
      text.append(
          switch (piece) {
            case Piece.Literal(var literal) -> literal;
            case Piece.Part(var number) -> parts.apply(number);
          });
    }
    return text.toString();
  }

  private static LocalPart localPart(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("local part: none");
    }
    return isLocalPart(text) ? LocalPart.of(text) : LocalPart.ofPlain(text);
  }

  private static boolean isLocalPart(String text) {
    try {
      LocalPart.of(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String unquoted(String local) {
    return local.startsWith("\"") ? LocalPart.of(local).unquoted() : local;
  }
}

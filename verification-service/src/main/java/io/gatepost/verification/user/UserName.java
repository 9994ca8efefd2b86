package io.gatepost.verification.user;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.address.ForwardPath;
import java.util.Optional;

/// A user's name in the one form under which tables, limits and logs know it: a domain behind the
/// last `@` in A-labels and lower case, all else as it is written.
public record UserName(String text) {

  /// Reads a name as a client or a table writes it.
  public static UserName of(String text) {
    int at = text.lastIndexOf('@');
    if (at <= 0) {
      return new UserName(text);
    }
    try {
      return new UserName(
          text.substring(0, at + 1) + DomainName.listed(text.substring(at + 1)).text());
    } catch (IllegalArgumentException e) {
      return new UserName(text); // no domain: a name that happens to hold an @
    }
  }

  /// The address that the name is; none where it is a plain name.
  public Optional<ForwardPath> address() {
    try {
      return text.indexOf('@') < 0 ? Optional.empty() : Optional.of(ForwardPath.of(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return text;
  }
}

package io.gatepost.rpc;

import io.gatepost.contract.routing.RouteRequest;
import io.gatepost.contract.verification.CredentialQuestion;
import io.gatepost.contract.verification.HeardRecipient;
import io.gatepost.contract.verification.ReversePathRequest;
import io.gatepost.contract.verification.ScramUser;
import io.gatepost.contract.verification.SenderRequest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The address or the user that a call to verification-service is about, in lower case.
final class CallKey {

  private CallKey() {}

  static Optional<String> of(@Nullable Object body) {
    return Optional.ofNullable(text(body)).map(text -> text.toLowerCase(Locale.ROOT));
  }

  private static @Nullable String text(@Nullable Object body) {
    return switch (body) {
      case RouteRequest route -> route.recipient().toString();
      case ReversePathRequest path -> path.sender().toString();
      case SenderRequest sender -> sender.user();
      case CredentialQuestion question -> question.user();
      case ScramUser user -> user.user();
      case HeardRecipient heard -> heard.recipient().toString();
      // A batch of one instance's addresses.
      case List<?> batch when !batch.isEmpty() -> text(batch.getFirst());
      case null, default -> null;
    };
  }
}

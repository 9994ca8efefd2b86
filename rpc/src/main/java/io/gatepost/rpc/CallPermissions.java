package io.gatepost.rpc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/// Says who a caller is, by its token, and whether it may make a call. Where `gatepost.rpc.tokens`
/// is not set, whoever has `gatepost.rpc.token` may make them all, and everybody may where that is
/// not set either.
final class CallPermissions {

  /// Who gives scanner-gateway content to read.
  private static final List<Caller> GIVING_CONTENT = List.of(Caller.EDGE, Caller.DELIVERY);

  private final RpcProperties properties;
  private final Supplier<Instant> clock;

  CallPermissions(RpcProperties properties, Supplier<Instant> clock) {
    this.properties = properties;
    this.clock = clock;
  }

  /// The decision on a call.
  sealed interface Decision {
    record Allowed() implements Decision {}

    /// The token is none that this process takes.
    record Unknown() implements Decision {}

    /// The caller may not make this call.
    ///
    /// @param reason why not
    record Denied(Caller caller, String reason) implements Decision {}
  }

  private static final Decision ALLOWED = new Decision.Allowed();

  Decision decide(ServerHttpRequest request) {
    if (!properties.asksForToken()) {
      return ALLOWED;
    }
    String authorization = request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
    if (properties.tokens().isEmpty()) {
      return carries(authorization, properties.token()) ? ALLOWED : new Decision.Unknown();
    }
    for (Caller caller : Caller.values()) {
      if (carries(authorization, properties.tokens().of(caller))) {
        return decide(caller, request);
      }
    }
    return new Decision.Unknown();
  }

  /// By the path as it came: another spelling of a path is the path of no call.
  private Decision decide(Caller caller, ServerHttpRequest request) {
    Optional<Call> call = Call.at(RpcServerFilter.path(request));
    if (call.isEmpty() || !call.get().isAllowed(caller)) {
      return new Decision.Denied(caller, caller.text() + " may not make this call");
    }
    return caller == Caller.SCANNER && call.get().readsContent() && !hasPass(request)
        ? new Decision.Denied(
            caller, "scanner may only read the content of a message that it has been given")
        : ALLOWED;
  }

  private boolean hasPass(ServerHttpRequest request) {
    String pass = request.getHeaders().getFirst(ContentPass.HEADER);
    List<String> ids = request.getQueryParams().getOrDefault("id", List.of());
    return pass != null
        && ids.size() == 1
        && GIVING_CONTENT.stream()
            .anyMatch(giver ->
                new ContentPass(pass)
                    .admits(properties.tokens().of(giver), ids.getFirst(), clock.get()));
  }

  private static boolean carries(@Nullable String authorization, String token) {
    return authorization != null
        && !token.isEmpty()
        && MessageDigest.isEqual(
            authorization.getBytes(StandardCharsets.UTF_8),
            ("Bearer " + token).getBytes(StandardCharsets.UTF_8));
  }
}

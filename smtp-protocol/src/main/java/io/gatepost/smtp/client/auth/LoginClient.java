package io.gatepost.smtp.client.auth;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// LOGIN, which no RFC describes: the host asks for the user, then for the password. What it asks
/// with differs, so only the order counts.
final class LoginClient implements SaslExchange {

  private final Credentials credentials;
  private int asked;

  LoginClient(Credentials credentials) {
    this.credentials = credentials;
  }

  @Override
  public String mechanism() {
    return "LOGIN";
  }

  @Override
  public Optional<byte[]> initialResponse() {
    return Optional.empty();
  }

  @Override
  public byte[] respond(byte[] challenge) {
    String answer =
        switch (asked++) {
          case 0 -> credentials.user();
          case 1 -> credentials.password();
          default -> throw new SaslException("a third challenge after LOGIN");
        };
    return answer.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean isComplete() {
    return asked == 2;
  }
}

package io.gatepost.smtp.client.auth;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// PLAIN (RFC 4616): everything in one message.
final class PlainClient implements SaslExchange {

  private final Credentials credentials;

  PlainClient(Credentials credentials) {
    this.credentials = credentials;
  }

  @Override
  public String mechanism() {
    return "PLAIN";
  }

  @Override
  public Optional<byte[]> initialResponse() {
    String message = "\0" + credentials.user() + '\0' + credentials.password();
    return Optional.of(message.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public byte[] respond(byte[] challenge) {
    throw new SaslException("a challenge after PLAIN");
  }

  @Override
  public boolean isComplete() {
    return true;
  }
}

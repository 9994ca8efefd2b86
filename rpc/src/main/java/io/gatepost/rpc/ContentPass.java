package io.gatepost.rpc;

import io.gatepost.contract.content.ContentSource;
import io.gatepost.contract.envelope.QueueId;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import reactor.util.context.ContextView;

/// The right to read one content from queue-service for an hour. Who has a message scanned sends it
/// along with the call, and scanner-gateway shows it where it reads that content; it has no other
/// right to any. It is signed with the token of the caller that gives it (HMAC-SHA-256), which
/// queue-service knows.
///
/// @param text when it ends, in seconds since 1970, a point, and the signature
public record ContentPass(String text) {

  static final String HEADER = "gatepost-content-pass";

  /// Longer than any scan, and than clocks of two hosts may differ.
  private static final Duration VALIDITY = Duration.ofHours(1);

  private static final String ALGORITHM = "HmacSHA256";
  private static final Pattern FORM = Pattern.compile("(\\d{1,12})\\.([A-Za-z0-9_-]{43})");

  /// Signs one.
  ///
  /// @param token of who gives it
  static ContentPass of(String token, QueueId id, Instant now) {
    long until = now.plus(VALIDITY).getEpochSecond();
    return new ContentPass(until + "." + signature(token, id.text(), until));
  }

  /// Whether it lets a content be read, and the owner of a token has given it.
  ///
  /// @param id as the call has it
  boolean admits(String token, String id, Instant now) {
    Matcher form = FORM.matcher(text);
    if (token.isEmpty() || !form.matches()) {
      return false;
    }
    long until = Long.parseLong(form.group(1));
    return until >= now.getEpochSecond()
        && MessageDigest.isEqual(
            form.group(2).getBytes(StandardCharsets.US_ASCII),
            signature(token, id, until).getBytes(StandardCharsets.US_ASCII));
  }

  /// Returns the one that came with the call that is being answered.
  public static Optional<ContentPass> of(ContextView context) {
    return context.getOrEmpty(ContentPass.class);
  }

  /// Returns a source whose readers show this.
  public ContentSource over(ContentSource source) {
    return id ->
        source.getContent(id).contextWrite(context -> context.put(ContentPass.class, this));
  }

  private static String signature(String token, String id, long until) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      byte[] signed = mac.doFinal(("content " + id + " " + until).getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }

  /// Without the signature, which has no place in a log.
  @Override
  public String toString() {
    return "ContentPass";
  }
}

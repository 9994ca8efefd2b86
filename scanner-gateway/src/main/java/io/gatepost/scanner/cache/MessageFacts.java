package io.gatepost.scanner.cache;

import io.gatepost.contract.digest.Sha256;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.Mark;
import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Recipient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/// The facts beside the content that scanners are told: client, user, TLS, addresses, parameters
/// and marks. All of them count, as each scanner is told of some.
final class MessageFacts {

  /// For scanners that are told of none, or go by none.
  static final ContentDigest NONE = ContentDigest.of(Sha256.of(new byte[0]));

  private MessageFacts() {}

  static ContentDigest of(Envelope envelope) {
    Facts facts = new Facts();
    Provenance from = envelope.provenance();
    facts.add(from.peer());
    facts.add(from.name().map(Object::toString).orElse(""));
    facts.add(from.server());
    facts.add(from.helo());
    facts.add(from.tls().orElse(""));
    facts.add(from.user().orElse(""));
    facts.add(from.protocol().name());
    facts.add(from.origin().name());
    facts.add(from.marks().stream().map(Mark::toString).toList());
    facts.add(envelope.sender().toString());
    facts.add(
        envelope.recipients().stream().map(Recipient::address).map(Object::toString).toList());
    facts.add(envelope.parameters().body().name());
    facts.add(envelope.parameters().addresses().name());
    return facts.digest();
  }

  /// Each with its length, so that no two lists of facts come to the same octets.
  private static final class Facts {
    private final MessageDigest digest = Sha256.digest();

    void add(String fact) {
      byte[] octets = fact.getBytes(StandardCharsets.UTF_8);
      count(octets.length);
      digest.update(octets);
    }

    void add(List<String> facts) {
      count(facts.size());
      facts.forEach(this::add);
    }

    private void count(int number) {
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, number));
    }

    ContentDigest digest() {
      return ContentDigest.of(digest.digest());
    }
  }
}

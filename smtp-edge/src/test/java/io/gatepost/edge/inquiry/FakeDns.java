package io.gatepost.edge.inquiry;

import io.gatepost.dns.Answer;
import io.gatepost.dns.Dns;
import io.gatepost.dns.RecordData;
import io.gatepost.dns.RecordType;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;

/// A DNS that answers what a test has told it; a name that it does not know does not exist.
final class FakeDns implements Dns {

  /// Every question, as `A name`.
  final List<String> asked = new CopyOnWriteArrayList<>();

  private final Map<String, Mono<Answer>> answers = new ConcurrentHashMap<>();
  private final Map<String, Mono<Answer>> zones = new ConcurrentHashMap<>();

  Duration absence = Duration.ofSeconds(60);

  FakeDns a(String name, Duration ttl, String... addresses) {
    return answer(
        RecordType.A,
        name,
        new Answer.Found(
            Arrays.stream(addresses)
                .<RecordData>map(each -> new RecordData.Address(InetAddress.ofLiteral(each)))
                .toList(),
            ttl));
  }

  FakeDns txt(String name, String text) {
    return answer(
        RecordType.TXT,
        name,
        new Answer.Found(List.of(new RecordData.Text(text)), Duration.ofSeconds(60)));
  }

  FakeDns ptr(String name, Duration ttl, String... names) {
    return answer(
        RecordType.PTR,
        name,
        new Answer.Found(
            Arrays.stream(names).<RecordData>map(RecordData.Pointer::new).toList(), ttl));
  }

  FakeDns answer(RecordType type, String name, Answer answer) {
    return answer(type, name, Mono.just(answer));
  }

  FakeDns answer(RecordType type, String name, Mono<Answer> answer) {
    answers.put(type + " " + name, answer);
    return this;
  }

  /// All questions for addresses that end so are answered so.
  FakeDns zone(String zone, Mono<Answer> answer) {
    zones.put("." + zone, answer);
    return this;
  }

  FakeDns heal(String zone) {
    zones.remove("." + zone);
    return this;
  }

  long askedFor(String question) {
    return asked.stream().filter(question::equals).count();
  }

  @Override
  public Mono<Answer> ask(String name, RecordType type, Object party) {
    String question = type + " " + name;
    asked.add(question);
    Mono<Answer> known = answers.get(question);
    if (known != null) {
      return known;
    }
    return zones.entrySet().stream()
        .filter(zone -> type == RecordType.A && name.endsWith(zone.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseGet(() -> Mono.just(new Answer.Absent(absence)));
  }
}

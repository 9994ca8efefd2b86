package io.gatepost.dns;

import io.gatepost.gate.Gate;
import io.gatepost.gate.Priority;
import io.gatepost.gate.Waiting;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;
import reactor.core.publisher.Mono;

/// Questions that pass a gate and have a deadline. A name server that is silent costs its answer
/// its time, and no other answer.
final class GatedDns implements Dns {

  private final Questions questions;
  private final Gate gate;
  private final Duration timeout;

  GatedDns(Questions questions, Gate gate, Duration timeout) {
    this.questions = questions;
    this.gate = gate;
    this.timeout = timeout;
  }

  @Override
  public Mono<Answer> ask(String name, RecordType type, Object party) {
    Name asked;
    try {
      asked = Name.fromString(name, Name.root);
    } catch (TextParseException e) {
      return Mono.just(new Answer.Absent(Duration.ZERO)); // no name of the DNS, so nothing in it
    }
    Waiting inTurn = new Waiting(Priority.NORMAL, party, timeout);
    return gate.call(inTurn, () -> answer(asked, type))
        .timeout(timeout, Mono.error(() -> new DnsException("no answer within " + timeout)))
        .flatMap(Function.identity());
  }

  /// An error is a value here, so that one that comes when the time is over goes to nobody.
  private Mono<Mono<Answer>> answer(Name name, RecordType type) {
    return Mono.fromCompletionStage(() ->
        questions
            .ask(name, type)
            .handle((answer, error) ->
                error == null ? Mono.just(answer) : Mono.error(told(name, error))));
  }

  private static DnsException told(Name name, Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    return cause instanceof DnsException known ? known : new DnsException(name + " " + cause);
  }
}

package io.gatepost.allinone.callforward;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.delivery.DestinationState;
import io.gatepost.contract.delivery.EarlyResult;
import io.gatepost.contract.delivery.EarlyTerms;
import io.gatepost.contract.delivery.FilterAnswer;
import io.gatepost.contract.delivery.FilterTerms;
import io.gatepost.contract.delivery.LateScansState;
import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.delivery.ProbeAnswer.Stage;
import io.gatepost.contract.delivery.ProbeRequest;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.reply.Reply;
import io.gatepost.contract.routing.Destination;
import io.gatepost.contract.routing.Destination.NextHop;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.chain.Query.HostQuery;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import reactor.core.publisher.Mono;

/// The DNS and the hosts of the world around a site, made from its seed: the same question always
/// has the same answer.
final class GeneratedWorld implements HostLookup, Delivery {

  private static final NextHop HOP = new NextHop("mx.net.example", "192.0.2.1", 25);
  private static final List<String> OF_RECIPIENT =
      List.of(
          "250 2.1.5 ok",
          "250 ok",
          "251 forwarded",
          "550 5.1.1 unknown",
          "550 5.1.6 moved",
          "550 no such user",
          "550 5.7.1 not for you",
          "552 5.2.2 full",
          "450 4.2.0 greylisted",
          "451 later",
          "421 4.3.2 closing");
  private static final List<String> OF_MEMBER =
      List.of("250 ok", "550 5.7.1 members only", "550 no", "450 4.2.0 greylisted");

  private volatile long seed;

  /// The world of another site.
  void become(long itsSeed) {
    seed = itsSeed;
  }

  private int choice(int of, Object... what) {
    int hash = Objects.hash(seed, Objects.hash(what)) * 0x9E3779B9;
    return Math.floorMod(hash ^ (hash >>> 15), of);
  }

  @Override
  public Mono<Found> find(HostQuery query) {
    Mono<Found> answer = Mono.just(found(query));
    return choice(2, query, "time") == 0 ? answer : Mono.defer(() -> answer);
  }

  private Found found(HostQuery query) {
    String name =
        switch (query) {
          case HostQuery.MailExchange(var domain, var port, var _) -> "mx:" + domain + ":" + port;
          case HostQuery.Host(var host, var port, var _) -> "smtp:[" + host + "]:" + port;
        };
    return switch (choice(6, name)) {
      case 0 ->
          new Found.Nowhere(Reason.UNROUTABLE_DOMAIN, Reply.of(550, "5.1.2", "no such domain"));
      case 1 -> new Found.Unknown(Reason.DNS_UNAVAILABLE, Reply.of(451, "4.4.3", "no DNS"));
      default ->
          new Found.Hosts(
              new Destination.Smtp(name, query.namedBy(), Optional.empty(), List.of(HOP)));
    };
  }

  @Override
  public Mono<LateScansState> lateScans() {
    return Mono.just(LateScansState.NONE);
  }

  @Override
  public Mono<EarlyResult> deliverNow(EnvelopeRecord message, EarlyTerms terms) {
    throw new AssertionError("not asked for");
  }

  @Override
  public Mono<EarlyResult> withdraw(QueueId id) {
    throw new AssertionError("not asked for");
  }

  @Override
  public Mono<FilterAnswer> filter(EnvelopeRecord message, FilterTerms terms) {
    throw new AssertionError("not asked for");
  }

  @Override
  public Mono<List<DestinationState>> destinations() {
    return Mono.just(List.of());
  }

  @Override
  public Mono<ProbeAnswer> probe(ProbeRequest request) {
    Mono<ProbeAnswer> answer =
        Mono.just(answer(request.destination(), request.recipient(), request.sender()));
    return choice(2, request, "time") == 0 ? answer : Mono.defer(() -> answer);
  }

  /// An answer of a destination about a recipient and a sender. A refusal before RCPT depends on
  /// nothing that comes after it.
  ProbeAnswer answer(Destination.Smtp destination, ForwardPath recipient, ReversePath sender) {
    String name = destination.name();
    return switch (choice(14, name, "manner")) {
      case 0 -> host(Stage.GREETING, "554 5.7.1 not you");
      case 1 -> host(Stage.NO_MAIL, "521 no mail here");
      case 2 -> host(Stage.NO_MAIL, "554 no service");
      case 3 -> host(Stage.EHLO, "450 4.3.2 busy");
      case 4 -> new ProbeAnswer.NotAsked(Reason.UNREACHABLE, Replies.CALLOUT_BUSY);
      case 5 ->
          sender instanceof ReversePath.Null
              ? host(Stage.MAIL, "550 5.7.1 no bounces")
              : ofRecipient(name, recipient, sender);
      case 6 -> host(Stage.MAIL, "550 5.7.1 no mail from you");
      default -> ofRecipient(name, recipient, sender);
    };
  }

  private ProbeAnswer ofRecipient(String name, ForwardPath recipient, ReversePath sender) {
    String common = OF_RECIPIENT.get(choice(OF_RECIPIENT.size(), name, recipient));
    boolean depends = common.startsWith("55") && !common.contains(" 5.1.");
    String said =
        depends && sender instanceof ReversePath.Sender
            ? OF_MEMBER.get(choice(OF_MEMBER.size(), name, recipient, sender.text()))
            : common;
    return new ProbeAnswer.OfRecipient(HOP, Reply.parse(said));
  }

  private static ProbeAnswer host(Stage stage, String reply) {
    return new ProbeAnswer.OfHost(HOP, stage, Reply.parse(reply));
  }
}

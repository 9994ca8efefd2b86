package io.gatepost.dns;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/// Questions past dnsjava's cache, so that answers tell how long they hold.
final class DirectQuestions implements Questions {

  /// Aliases in a row; beyond it the name leads nowhere.
  private static final int MAX_ALIASES = 8;

  private final Resolver resolver;

  DirectQuestions(Resolver resolver) {
    this.resolver = resolver;
  }

  @Override
  public CompletionStage<Answer> ask(Name name, RecordType type) {
    Message query = Message.newQuery(Record.newRecord(name, type.code(), DClass.IN));
    return resolver.sendAsync(query).thenApply(answer -> read(name, type, answer));
  }

  private static Answer read(Name name, RecordType type, Message message) {
    return switch (message.getRcode()) {
      case Rcode.NOERROR -> found(name, type, message);
      case Rcode.NXDOMAIN -> new Answer.Absent(negativeTtl(message));
      default -> throw new DnsException(Rcode.string(message.getRcode()));
    };
  }

  /// A resolver puts the aliases and what they lead to into one answer. Records of other names are
  /// nobody's answer.
  private static Answer found(Name name, RecordType type, Message message) {
    List<Record> all = message.getSection(Section.ANSWER);
    Name wanted = name;
    for (int aliases = 0; aliases <= MAX_ALIASES; aliases++) {
      Name current = wanted;
      List<Record> records =
          all.stream()
              .filter(rr -> rr.getType() == type.code() && rr.getName().equals(current))
              .toList();
      if (!records.isEmpty()) {
        return Records.found(records);
      }
      Name next = alias(current, all);
      if (next == null) {
        return new Answer.Absent(negativeTtl(message));
      }
      wanted = next;
    }
    throw new DnsException("too many aliases of " + name);
  }

  private static @Nullable Name alias(Name name, List<Record> all) {
    for (Record rr : all) {
      if (rr instanceof CNAMERecord alias && alias.getName().equals(name)) {
        return alias.getTarget();
      }
    }
    return null;
  }

  /// RFC 2308 §5.
  private static Duration negativeTtl(Message message) {
    for (Record rr : message.getSection(Section.AUTHORITY)) {
      if (rr instanceof SOARecord soa) {
        return Duration.ofSeconds(Math.min(soa.getTTL(), soa.getMinimum()));
      }
    }
    return Duration.ZERO;
  }
}

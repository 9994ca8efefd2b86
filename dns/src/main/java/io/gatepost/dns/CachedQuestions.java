package io.gatepost.dns;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.lookup.LookupResult;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;

/// Questions through dnsjava's cache and rules.
final class CachedQuestions implements Questions {

  private static final Answer ABSENT = new Answer.Absent(Duration.ZERO);

  private final LookupSession session;

  CachedQuestions(LookupSession session) {
    this.session = session;
  }

  @Override
  public CompletionStage<Answer> ask(Name name, RecordType type) {
    return session
        .lookupAsync(name, type.code())
        .handle((result, error) -> error == null ? answer(type, result) : absent(error));
  }

  private static Answer answer(RecordType type, LookupResult result) {
    List<Record> records =
        result.getRecords().stream().filter(rr -> rr.getType() == type.code()).toList();
    return records.isEmpty() ? ABSENT : Records.found(records);
  }

  private static Answer absent(Throwable error) {
    Throwable cause = error.getCause() == null ? error : error.getCause();
    if (cause instanceof NoSuchDomainException || cause instanceof NoSuchRRSetException) {
      return ABSENT;
    }
    throw new CompletionException(cause);
  }
}

package io.gatepost.verification.store;

import java.time.Instant;
import java.util.List;
import org.springframework.data.domain.Limit;
import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;
import org.springframework.data.repository.query.Param;

/// What is read and forgotten of the answers. Rows are written many at a time, by
/// [JdbcAnswerStore].
interface AnswerRows extends Repository<AnswerRow, AnswerRow.Key> {

  List<AnswerRow> findByHeardAtGreaterThanOrderByHeardAtDesc(Instant since, Limit limit);

  @Modifying
  @Query("delete from verification.callout_answer where recipient = :recipient")
  int forgetRecipient(@Param("recipient") String recipient);

  @Modifying
  @Query("delete from verification.callout_answer where domain = :domain")
  int forgetDomain(@Param("domain") String domain);

  @Modifying
  @Query("delete from verification.callout_answer where heard_at < :before")
  int forgetBefore(@Param("before") Instant before);
}

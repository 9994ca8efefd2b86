package io.gatepost.verification.store;

import java.time.Instant;
import java.util.List;
import org.springframework.data.domain.Limit;
import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;
import org.springframework.data.repository.query.Param;

/// Queries and deletions of answers. Rows are written many at a time, by [JdbcAnswerStore].
interface AnswerRows extends Repository<AnswerRow, AnswerRow.Key> {

  List<AnswerRow> findByHeardAtGreaterThanOrderByHeardAtDesc(Instant since, Limit limit);

  @Modifying
  @Query("delete from verification.callout_answer where heard_at < :before")
  int dropBefore(@Param("before") Instant before);

  @Modifying
  @Query("delete from verification.callout_forgotten where forgotten_at < :before")
  int dropForgottenBefore(@Param("before") Instant before);

  /// Drops all but the newest, by the index over time.
  @Modifying
  @Query(
      """
      delete from verification.callout_answer where heard_at <= (
        select heard_at from verification.callout_answer
        order by heard_at desc offset :most limit 1)
      """)
  int dropBehind(@Param("most") long most);
}

package io.gatepost.queue.quarantine;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;
import org.springframework.data.repository.query.Param;
import org.springframework.transaction.annotation.Transactional;

/// The statements of the index, but for the one that adds a row.
interface QuarantineRows extends Repository<QuarantineRow, String> {

  /// A question that takes longer fails.
  int SECONDS = 10;

  /// Of a message with very many recipients only the first leave the database.
  String COLUMNS =
      """
      select id, state, arrived_at, since, sender, recipient_count, octets, finding,
        case when recipient_count <= 100 then recipients
          else array_to_string((string_to_array(recipients, E'\\n'))[1\\:100], E'\\n')
        end as recipients,
      """;

  String LISTED = COLUMNS + " '' as results, ''\\:\\:bytea as envelope from queue.quarantine ";

  String WHOLE = COLUMNS + " results, envelope from queue.quarantine ";

  /// The conditions of [QuarantineText]. One that is empty holds, and the planner leaves it out.
  String MATCHES =
      """
      arrived_at < cast(:#{#text.arrivedBefore()} as timestamptz)
        and (:#{#text.finding()} = '' or position(lower(:#{#text.finding()}) in lower(finding)) > 0)
        and (:#{#text.sender()} = ''
          or position(lower(:#{#text.sender()}) in E'\\n' || lower(sender) || E'\\n') > 0)
        and (:#{#text.senderDomain()} = ''
          or position(lower(:#{#text.senderDomain()}) in lower(sender) || E'\\n') > 0)
        and (:#{#text.recipient()} = ''
          or position(lower(:#{#text.recipient()}) in E'\\n' || lower(recipients) || E'\\n') > 0)
        and (:#{#text.recipientDomain()} = ''
          or position(lower(:#{#text.recipientDomain()}) in lower(recipients) || E'\\n') > 0)
      """;

  @Query(WHOLE + "where id = :id")
  @Transactional(readOnly = true, timeout = SECONDS)
  Optional<QuarantineRow> findById(@Param("id") String id);

  /// The same row, which nobody else changes until the transaction ends.
  @Query(WHOLE + "where id = :id and state = 'RELEASING' for update")
  Optional<QuarantineRow> lockReleasing(@Param("id") String id);

  /// Rows behind a place, a time as [QuarantineText] writes it and an id, in the order in which
  /// their messages came in; the id decides between messages of one moment.
  @Query(
      LISTED
          + "where (arrived_at, id) > (cast(:arrivedAt as timestamptz), :id) and "
          + MATCHES
          + "order by arrived_at, id limit :most")
  @Transactional(readOnly = true, timeout = SECONDS)
  List<QuarantineRow> findPage(
      @Param("text") QuarantineText text,
      @Param("arrivedAt") String arrivedAt,
      @Param("id") String id,
      @Param("most") int most);

  /// Counts what matches, at most up to a bound.
  @Query(
      "select count(*) from (select from queue.quarantine where "
          + MATCHES
          + "limit :most) as found")
  @Transactional(readOnly = true, timeout = SECONDS)
  long countMatches(@Param("text") QuarantineText text, @Param("most") int most);

  @Modifying
  @Query("update queue.quarantine set state = :state where id = :id")
  @Transactional(timeout = SECONDS)
  int setState(@Param("id") String id, @Param("state") String state);

  @Modifying
  @Query("delete from queue.quarantine where id = :id and state = :state")
  @Transactional(timeout = SECONDS)
  int delete(@Param("id") String id, @Param("state") String state);

  /// Deletes the first that match and are not being released; returns their ids.
  @Query(
      "delete from queue.quarantine where state = 'HELD' and id in"
          + " (select id from queue.quarantine where state = 'HELD' and "
          + MATCHES
          + "order by arrived_at, id limit :most) returning id")
  @Transactional(timeout = SECONDS)
  List<String> deleteMatching(@Param("text") QuarantineText text, @Param("most") int most);

  /// Deletes the first that were put aside before a time; returns their ids.
  @Query(
      """
      delete from queue.quarantine where state = 'HELD' and id in
        (select id from queue.quarantine
          where state = 'HELD' and since < cast(:before as timestamptz) order by since limit :most)
      returning id
      """)
  @Transactional(timeout = SECONDS)
  List<String> deleteExpired(@Param("before") String before, @Param("most") int most);

  @Query("select id from queue.quarantine where state = 'RELEASING' order by since limit :most")
  @Transactional(readOnly = true, timeout = SECONDS)
  List<String> findReleasing(@Param("most") int most);

  /// Which of these ids have a row.
  @Query("select id from queue.quarantine where id in (:ids)")
  @Transactional(readOnly = true, timeout = SECONDS)
  List<String> known(@Param("ids") Collection<String> ids);
}

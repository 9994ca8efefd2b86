package io.gatepost.queue.view;

import java.util.List;
import java.util.Optional;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;
import org.springframework.data.repository.query.Param;
import org.springframework.transaction.annotation.Transactional;

/// Queries of the view. Rows are written many at a time, by [DeferredView].
interface DeferredRows extends Repository<DeferredRow, String> {

  /// Of a message with very many recipients only the first leave the database.
  String SELECT =
      """
      select id, generation, attempts, arrived_at, due_at, sender, octets, recipient_count,
        last_reply, reason, destination, topic, partition, record_offset,
        case when recipient_count <= 100 then recipients
          else array_to_string((string_to_array(recipients, E'\\n'))[1\\:100], E'\\n')
        end as recipients
      from queue.deferred
      """;

  /// The conditions of [SearchText]. One that is empty holds, and the planner leaves it out.
  String MATCHES =
      """
      arrived_at < cast(:#{#text.arrivedBefore()} as timestamptz)
        and due_at < cast(:#{#text.dueBefore()} as timestamptz)
        and (:#{#text.reason()} = '' or reason = :#{#text.reason()})
        and (:#{#text.destination()} = '' or destination = :#{#text.destination()})
        and (:#{#text.sender()} = ''
          or position(lower(:#{#text.sender()}) in E'\\n' || lower(sender) || E'\\n') > 0)
        and (:#{#text.senderDomain()} = ''
          or position(lower(:#{#text.senderDomain()}) in lower(sender) || E'\\n') > 0)
        and (:#{#text.recipient()} = ''
          or position(lower(:#{#text.recipient()}) in E'\\n' || lower(recipients) || E'\\n') > 0)
        and (:#{#text.recipientDomain()} = ''
          or position(lower(:#{#text.recipientDomain()}) in lower(recipients) || E'\\n') > 0)
      """;

  @Query(SELECT + "where id = :id")
  Optional<DeferredRow> findById(@Param("id") String id);

  /// Rows behind a place, a time as [SearchText] writes it and an id, oldest first; the id decides
  /// between messages of one moment, so that the order is the same each time.
  @Query(
      SELECT
          + "where (arrived_at, id) > (cast(:arrivedAt as timestamptz), :id) and "
          + MATCHES
          + "order by arrived_at, id limit :most")
  @Transactional(readOnly = true, timeout = DeferredView.SEARCH_SECONDS)
  List<DeferredRow> findPage(
      @Param("text") SearchText text,
      @Param("arrivedAt") String arrivedAt,
      @Param("id") String id,
      @Param("most") int most);

  /// Counts what matches, at most up to a bound.
  @Query(
      "select count(*) from (select from queue.deferred where " + MATCHES + "limit :most) as found")
  @Transactional(readOnly = true, timeout = DeferredView.SEARCH_SECONDS)
  long countMatches(@Param("text") SearchText text, @Param("most") int most);
}

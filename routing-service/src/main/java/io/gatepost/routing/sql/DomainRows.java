package io.gatepost.routing.sql;

import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/// The domains.
interface DomainRows extends Repository<DomainRow, String> {

  List<DomainRow> findAllByOrderByName(Limit limit);

  /// How many changes there have been to domains, mailboxes and aliases.
  @Query("select number from routing.revision")
  long revision();

  /// Locks a domain until the end of the transaction, so that only one writer changes what is in
  /// it; empty where there is none.
  @Query("select name from routing.domain where name = :name for update")
  Optional<String> lock(String name);

  /// Makes the end of the transaction wait until it is on disk, where the server would not; a
  /// server that waits for more, such as a standby, still does.
  @Query(
      """
      select set_config('synchronous_commit',
        case current_setting('synchronous_commit') when 'off' then 'on'
          else current_setting('synchronous_commit') end, true)
      """)
  String commitToDisk();

  @Modifying
  @Query("insert into routing.domain (name) values (:name) on conflict do nothing")
  int add(String name);

  @Modifying
  @Query("delete from routing.domain where name = :name")
  int remove(String name);
}

package io.gatepost.routing.sql;

import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/// The mailboxes.
interface MailboxRows extends Repository<MailboxRow, Long> {

  List<MailboxRow> findAllByOrderByDomainAscNameAsc(Limit limit);

  List<MailboxRow> findByDomainOrderByName(String domain, Limit limit);

  Optional<MailboxRow> findFirstByDomainOrderByCreated(String domain);

  boolean existsByDomain(String domain);

  boolean existsByDomainAndName(String domain, String name);

  @Modifying
  @Query("insert into routing.mailbox (domain, name) values (:domain, :name)")
  int add(String domain, String name);

  @Modifying
  @Query("delete from routing.mailbox where domain = :domain and name = :name")
  int remove(String domain, String name);
}

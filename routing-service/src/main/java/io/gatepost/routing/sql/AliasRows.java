package io.gatepost.routing.sql;

import java.util.Collection;
import java.util.List;
import org.springframework.data.domain.Limit;
import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/// The aliases.
interface AliasRows extends Repository<AliasRow, String> {

  List<AliasRow> findAllByOrderByDomainAscNameAsc(Limit limit);

  List<AliasRow> findByDomainOrderByName(String domain, Limit limit);

  List<AliasRow> findByDomainAndNameIn(String domain, Collection<String> names);

  boolean existsByDomain(String domain);

  boolean existsByDomainAndName(String domain, String name);

  @Modifying
  @Query("insert into routing.alias (domain, name, value) values (:domain, :name, :value)")
  int add(String domain, String name, String value);

  @Modifying
  @Query("delete from routing.alias where domain = :domain and name = :name")
  int remove(String domain, String name);
}

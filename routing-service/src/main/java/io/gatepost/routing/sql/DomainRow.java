package io.gatepost.routing.sql;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/// A domain whose mailboxes and aliases are here.
@Table(schema = SqlSource.SCHEMA, name = "domain")
record DomainRow(@Id String name) {}

package io.gatepost.routing.sql;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/// An alias. Its key is domain and name; the identity here is the name alone, as rows are read and
/// never saved.
///
/// @param name empty for every address of the domain that is nothing else
@Table(schema = SqlSource.SCHEMA, name = "alias")
record AliasRow(@Id String name, String domain, String value) {}

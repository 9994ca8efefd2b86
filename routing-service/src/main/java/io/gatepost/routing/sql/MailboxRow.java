package io.gatepost.routing.sql;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/// A mailbox.
///
/// @param created its place in the order in which mailboxes were made
@Table(schema = SqlSource.SCHEMA, name = "mailbox")
record MailboxRow(@Id long created, String domain, String name) {}

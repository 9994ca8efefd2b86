/// Addresses from PostgreSQL (requirement C11): domains, mailboxes and aliases in tables of our
/// own, or whatever a query of the operator's finds. Entry type [SqlSource]. The only package that
/// knows JDBC; every call blocks a virtual thread.
@NullMarked
package io.gatepost.routing.sql;

import org.jspecify.annotations.NullMarked;

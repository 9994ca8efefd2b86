/// The PostgreSQL database that the services of a process share, away from the mail path: entry
/// type [DatabaseConfiguration]. Knows no table; those belong to the services.
@NullMarked
package io.gatepost.database;

import org.jspecify.annotations.NullMarked;

/// The answers of next hops in PostgreSQL: entry type [StoreConfiguration]. Nothing here is called
/// on a client's path.
@NullMarked
package io.gatepost.verification.store;

import org.jspecify.annotations.NullMarked;

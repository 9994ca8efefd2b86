package io.gatepost.routing.sql;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.routing.chain.RouterResult;

/// How the database is asked about an address.
sealed interface AddressLookup permits OwnTables, OwnQuery {

  /// Asks; blocks. Fails with Spring's `DataAccessException` or `TransactionException` where the
  /// database does not answer, and with [UnusableRowException] where it holds what cannot be used.
  ///
  /// @return [RouterResult.NoMatch] where it knows nothing
  RouterResult find(ForwardPath address, ReversePath sender);

  /// Whether the answer depends on the sender.
  boolean usesSender();
}

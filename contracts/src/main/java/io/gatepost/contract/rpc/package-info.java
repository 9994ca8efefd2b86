/// The RPC glue: deadlines, errors, credentials and proxies for the ports. Entry type [RpcClients].
/// Knows no port.
@NullMarked
package io.gatepost.contract.rpc;

import org.jspecify.annotations.NullMarked;

/// The RPC glue: deadlines, errors, credentials and proxies for the ports. Entry type [RpcClients].
/// Knows no port but by the codecs of what their calls carry.
@NullMarked
package io.gatepost.contract.rpc;

import org.jspecify.annotations.NullMarked;

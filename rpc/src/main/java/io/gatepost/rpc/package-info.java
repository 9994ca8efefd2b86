/// The ports of `contracts` over HTTP: proxies for those who call ([RpcClients]), which spread
/// calls over the instances of a service, and what stands before those who answer
/// ([RpcServerConfiguration]). Knows no port but by the codecs of what their calls carry.
@NullMarked
package io.gatepost.rpc;

import org.jspecify.annotations.NullMarked;

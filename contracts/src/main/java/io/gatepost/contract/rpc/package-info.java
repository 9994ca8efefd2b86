/// Failures ([RpcException]) and deadlines ([Deadline]) of calls to a port, in this process or in
/// another.
@NullMarked
package io.gatepost.contract.rpc;

import org.jspecify.annotations.NullMarked;

/// Mail addresses as RFC 5321 writes them: entry types [ForwardPath] and [ReversePath]. Knows
/// nothing of routing.
@NullMarked
package io.gatepost.contract.address;

import org.jspecify.annotations.NullMarked;

/// The port about clients: whether one is ours. Entry type [Clients].
@NullMarked
package io.gatepost.contract.client;

import org.jspecify.annotations.NullMarked;

/// The port about clients: whether one is ours, and which checks they meet. Entry type [Clients].
@NullMarked
package io.gatepost.contract.client;

import org.jspecify.annotations.NullMarked;

/// Attempts that are made while the client waits for its reply. Entry type
/// [io.gatepost.delivery.early.EarlyDelivery].
@NullMarked
package io.gatepost.delivery.early;

import org.jspecify.annotations.NullMarked;

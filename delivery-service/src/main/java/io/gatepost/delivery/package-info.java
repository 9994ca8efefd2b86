/// Attempts at delivery and what becomes of them. Entry type [DeliveryConfiguration].
@NullMarked
package io.gatepost.delivery;

import org.jspecify.annotations.NullMarked;

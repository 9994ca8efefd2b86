/// Delivery status notifications: entry type [DeliveryNotice]. Pure.
@NullMarked
package io.gatepost.delivery.dsn;

import org.jspecify.annotations.NullMarked;

/// Filters that take a message by SMTP and give another back. Entry type
/// [io.gatepost.delivery.filter.FilterDelivery].
@NullMarked
package io.gatepost.delivery.filter;

import org.jspecify.annotations.NullMarked;

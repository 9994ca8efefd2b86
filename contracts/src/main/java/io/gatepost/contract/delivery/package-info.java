/// The Delivery port: what the delivery side tells of its destinations. Entry type [Delivery].
@NullMarked
package io.gatepost.contract.delivery;

import org.jspecify.annotations.NullMarked;

/// How content gets to a destination: entry type [Transport].
@NullMarked
package io.gatepost.delivery.transport;

import org.jspecify.annotations.NullMarked;

/// The scheduler of scarce resources: slots, bounded waiting and shared calls. Entry types [Gate]
/// and [SingleFlight]. Knows no Spring, no network and no other module.
@NullMarked
package io.gatepost.gate;

import org.jspecify.annotations.NullMarked;

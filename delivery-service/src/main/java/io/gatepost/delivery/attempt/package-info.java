/// One attempt at one envelope: entry types [Attempts] and [Judge].
@NullMarked
package io.gatepost.delivery.attempt;

import org.jspecify.annotations.NullMarked;

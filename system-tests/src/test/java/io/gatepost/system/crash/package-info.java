/// Kill -9 under load, and nothing that was accepted is lost.
@NullMarked
package io.gatepost.system.crash;

import org.jspecify.annotations.NullMarked;

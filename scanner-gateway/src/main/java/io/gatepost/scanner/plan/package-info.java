/// Meaning of the answers of all scanners together, by the settings. Entry type [Plan]. Pure.
@NullMarked
package io.gatepost.scanner.plan;

import org.jspecify.annotations.NullMarked;

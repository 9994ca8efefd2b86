/// Parts of the suite, or of the world, fail: the client is told to come back, nothing is lost, and
/// all is well again when they are back.
@NullMarked
package io.gatepost.system.failures;

import org.jspecify.annotations.NullMarked;

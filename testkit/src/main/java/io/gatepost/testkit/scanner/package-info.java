/// Scanners that do as they are told. Entry type [FakeScanner].
@NullMarked
package io.gatepost.testkit.scanner;

import org.jspecify.annotations.NullMarked;

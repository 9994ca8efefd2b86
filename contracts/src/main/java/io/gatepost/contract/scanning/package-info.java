/// The Scanning port: is this content good? Entry type [Scanning].
@NullMarked
package io.gatepost.contract.scanning;

import org.jspecify.annotations.NullMarked;

/// The Verification port: is this address good? Entry type [Verification].
@NullMarked
package io.gatepost.contract.verification;

import org.jspecify.annotations.NullMarked;

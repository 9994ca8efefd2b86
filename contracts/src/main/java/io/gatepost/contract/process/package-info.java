/// Parts that all processes of the suite have in common. Entry type: [ClockWatch].
@NullMarked
package io.gatepost.contract.process;

import org.jspecify.annotations.NullMarked;

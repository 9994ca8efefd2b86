/// What the processes of the suite have in common: entry types [SuiteProcess] and [ClockWatch].
@NullMarked
package io.gatepost.contract.process;

import org.jspecify.annotations.NullMarked;

/// What the processes of the suite have in common: entry type [SuiteProcess].
@NullMarked
package io.gatepost.contract.process;

import org.jspecify.annotations.NullMarked;

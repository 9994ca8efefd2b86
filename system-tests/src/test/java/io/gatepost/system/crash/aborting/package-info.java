/// A test build of the queue whose readers are kept from committing.
@NullMarked
package io.gatepost.system.crash.aborting;

import org.jspecify.annotations.NullMarked;

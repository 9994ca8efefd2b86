/// Starting: settings, data directory, broker and database, Spring context, and what is said where
/// one of them is wrong. Entry type [ServiceStart]. Knows no service.
@NullMarked
package io.gatepost.allinone.start;

import org.jspecify.annotations.NullMarked;

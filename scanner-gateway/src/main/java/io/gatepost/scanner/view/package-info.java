/// The scanners' view of a message, made while it streams. Entry type [PlainView].
@NullMarked
package io.gatepost.scanner.view;

import org.jspecify.annotations.NullMarked;

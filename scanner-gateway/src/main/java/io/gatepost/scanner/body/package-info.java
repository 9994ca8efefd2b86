/// Bodies that filters put in place of a message's: kept from the filter's answer until the edge
/// has pulled them. Entry type: [io.gatepost.scanner.body.Replacements]. Knows no scanner.
@NullMarked
package io.gatepost.scanner.body;

import org.jspecify.annotations.NullMarked;

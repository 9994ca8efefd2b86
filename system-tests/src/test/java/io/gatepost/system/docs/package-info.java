/// Statements of the documents about the tree.
@NullMarked
package io.gatepost.system.docs;

import org.jspecify.annotations.NullMarked;

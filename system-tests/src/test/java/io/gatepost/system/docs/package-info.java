/// What the documents say of the tree.
@NullMarked
package io.gatepost.system.docs;

import org.jspecify.annotations.NullMarked;

/// The six services in one JVM, and the commands that run them. Entry types [Gatepost], which is
/// `main`, and [AllInOneApplication], which is the list of what runs. Nothing knows it.
@NullMarked
package io.gatepost.allinone;

import org.jspecify.annotations.NullMarked;

/// The six services in one JVM, and the command line. Entry types [Gatepost], which is `main`, and
/// [AllInOneApplication], which is the list of what runs. Nothing knows it.
@NullMarked
package io.gatepost.allinone;

import org.jspecify.annotations.NullMarked;

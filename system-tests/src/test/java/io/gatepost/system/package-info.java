/// The whole suite, end to end: the product as a process, in both modes, between real peers and
/// fakes. Entry type [Estate].
@NullMarked
package io.gatepost.system;

import org.jspecify.annotations.NullMarked;

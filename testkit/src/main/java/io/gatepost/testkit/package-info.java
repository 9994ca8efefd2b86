/// Parts of tests of the whole suite: the real product as a process, fakes of the world around it,
/// and other people's programs. Nothing of it is in production.
@NullMarked
package io.gatepost.testkit;

import org.jspecify.annotations.NullMarked;

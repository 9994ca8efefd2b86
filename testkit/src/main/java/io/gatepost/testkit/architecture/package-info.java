/// The rules of the map that every module keeps. Entry type [ModuleRules].
@NullMarked
package io.gatepost.testkit.architecture;

import org.jspecify.annotations.NullMarked;

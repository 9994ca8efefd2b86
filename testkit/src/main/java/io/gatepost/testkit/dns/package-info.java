/// A DNS whose zones are maps: entry type [FakeMailDns].
@NullMarked
package io.gatepost.testkit.dns;

import org.jspecify.annotations.NullMarked;

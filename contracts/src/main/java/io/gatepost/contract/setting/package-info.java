/// What a bad setting is called: entry type [SettingException].
@NullMarked
package io.gatepost.contract.setting;

import org.jspecify.annotations.NullMarked;

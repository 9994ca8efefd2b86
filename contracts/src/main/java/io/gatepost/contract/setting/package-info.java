/// Settings and the files that they name: entry types [SettingException] and [FollowedFile].
@NullMarked
package io.gatepost.contract.setting;

import org.jspecify.annotations.NullMarked;

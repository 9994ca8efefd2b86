#!/bin/sh
# The command line inside a container, with the launcher's heap.
trained=/opt/gatepost/trained/gatepost.aot
if [ "${1:-}" = train ]; then
  trained=-XX:AOTCacheOutput=$trained
elif [ -f "$trained" ]; then
  trained="-XX:AOTCache=$trained -Xlog:aot*=error"
else
  trained=
fi
options=/opt/gatepost/jvm.options
# Mail is nobody else's.
umask 077
# Both are lists of options.
# shellcheck disable=SC2046,SC2086
exec java -Xmx"${GATEPOST_HEAP:-384m}" $(grep '^-' $options) -Dgatepost.jvm-options=$options $trained \
  -cp '/opt/gatepost/lib/*' io.gatepost.allinone.Gatepost "$@"

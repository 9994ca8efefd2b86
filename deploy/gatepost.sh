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
# Both are lists of options.
# shellcheck disable=SC2086
exec java -Xmx"${GATEPOST_HEAP:-384m}" $JAVA_OPTS $trained --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow -cp '/opt/gatepost/lib/*' io.gatepost.allinone.Gatepost "$@"

#!/usr/bin/env bash
# Whether the process of this container is ready: Actuator's readiness, asked without a program that an image may lack.
port=${GATEPOST_HTTP_PORT:-8080}
exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
printf 'GET /actuator/health/readiness HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$port" >&3
answer=$(cat <&3)
# What Docker keeps of a failed check: `docker inspect` shows it.
echo "${answer##*$'\n'}"
[[ $answer == "HTTP/1.1 200 "* ]]

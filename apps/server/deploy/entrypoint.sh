#!/bin/sh
# Platforms mount volumes that belong to root. Started as root, this hands the folder over and goes on as node.
set -eu
if [ "$(id -u)" = 0 ]; then
  chown node:node "$UPLOAD_DIR"
  exec setpriv --reuid=node --regid=node --init-groups --no-new-privs -- "$@"
fi
exec "$@"

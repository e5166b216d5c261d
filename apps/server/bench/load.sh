#!/bin/sh
# Makes a database of TaskMaster Pro out of one that the benchmark's seed-data.sql has filled:
#   sh apps/server/bench/load.sh seed_m project_m      (PGHOST, PGPORT and PGUSER as psql takes them)
set -eu
seed=$1 target=$2
here=$(cd "$(dirname "$0")" && pwd)
createdb -T "$seed" "$target"
psql "$target" -Xq -v ON_ERROR_STOP=1 -c 'ALTER SCHEMA public RENAME TO seed' -c 'CREATE SCHEMA public'
DATABASE_URL="postgres://${PGUSER}@${PGHOST}:${PGPORT}/${target}" npx -y pnpm@12 taskmaster migrate up
psql "$target" -Xq -f "$here/load-seed.sql"
psql "$target" -Xq -c 'DROP SCHEMA seed CASCADE'

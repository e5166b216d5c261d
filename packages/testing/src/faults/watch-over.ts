import { spawn } from 'node:child_process';

/**
 * PostgreSQL outlives its starter by design. A run that is killed must leave neither it nor its folder behind. Returns what
 * ends the watch, and the folder with it.
 */
export function watchOver(dataDir: string, folder = dataDir): () => void {
  const script = `
    cat >/dev/null
    pid=$(head -n 1 "$1/postgres/cluster/data/postmaster.pid" 2>/dev/null) && kill -QUIT "$pid" && sleep 1
    rm -rf "$2"
  `;
  const watcher = spawn('/bin/sh', ['-c', script, 'sh', dataDir, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  return () => void watcher.stdin.end();
}

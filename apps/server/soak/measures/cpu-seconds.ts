import { readdir, readFile } from 'node:fs/promises';
import type { Sql } from 'postgres';

/** After the name in /proc/<pid>/stat, which may hold spaces: the parent, and the times of a process and its dead children. */
async function statOf(pid: string) {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [own = 0, system = 0, ofChildren = 0, systemOfChildren = 0] = fields.slice(11, 15).map(Number);
  return { parent: fields[1], own: own + system, dead: ofChildren + systemOfChildren };
}

/** What all of a PostgreSQL has used of processors so far, in seconds: the time that counts on a machine with others. Linux. */
export async function cpuSecondsOf(sql: Sql): Promise<number> {
  const [session] = await sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  const { parent: postmaster = '' } = await statOf(String(session?.pid));
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(pids.map(statOf));
  const children = all.filter(({ parent }) => parent === postmaster).reduce((sum, { own }) => sum + own, 0);
  const itself = await statOf(postmaster);
  const ticksPerSecond = 100;
  return (children + itself.own + itself.dead) / ticksPerSecond;
}

/** PostgreSQL settings by name, e.g. `{ fsync: 'off' }` for tests. */
export type EmbeddedSettings = Readonly<Record<string, string>>;

/** For a small server on a shared machine. What is not named here is PostgreSQL's default; durability is among that. */
const DEFAULTS: EmbeddedSettings = {
  max_connections: '100',
  shared_buffers: '128MB',
  // Short statements gain nothing from either, and parallel workers need more /dev/shm than a container has.
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Errors are the application's to log: PostgreSQL would write rows and parameters, which are people's data.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
  logging_collector: 'off',
};

export function settingsArguments(port: number, settings: EmbeddedSettings): string[] {
  const all = {
    ...DEFAULTS,
    ...settings,
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Whether a crash of the machine keeps what was committed. */
export const isDurable = (settings: EmbeddedSettings): boolean => settings['fsync'] !== 'off';

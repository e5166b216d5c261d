/**
 * `idle`: nothing is watched, no socket is open. `connecting`: the first attempt, or one after a loss. `catching_up`:
 * connected again, and what was missed is coming in. `live`: events arrive as they happen. `offline`: the last attempt
 * failed, the next one waits for its time.
 */
export type ConnectionState = 'idle' | 'connecting' | 'catching_up' | 'live' | 'offline';

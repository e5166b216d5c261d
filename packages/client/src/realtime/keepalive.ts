export interface KeepaliveOptions {
  /** Silence after which the server is asked whether it is there. */
  idleMs?: number;
  /** How long its answer may take. */
  answerMs?: number;
}

/**
 * Calls back when the other end of an open socket has gone without saying so: a browser does not show the server's
 * protocol pings, and may take minutes to notice by itself. Returns what ends it.
 */
export function watchPulse(
  socket: WebSocket,
  onDead: () => void,
  { idleMs = 25_000, answerMs = 10_000 }: KeepaliveOptions = {},
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = () => {
    socket.send('PING');
    timer = setTimeout(onDead, answerMs);
  };
  const onMessage = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, idleMs);
  };
  const stop = () => {
    clearTimeout(timer);
    socket.removeEventListener('open', onMessage);
    socket.removeEventListener('message', onMessage);
    socket.removeEventListener('close', stop);
  };
  socket.addEventListener('open', onMessage);
  socket.addEventListener('message', onMessage);
  socket.addEventListener('close', stop);
  return stop;
}

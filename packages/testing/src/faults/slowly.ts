import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LineFault {
  /** Added to every piece, each way. */
  latencyMs?: number;
  /** Pieces of at most so many bytes, each on its own: what is read at once elsewhere is not any more. */
  sliceBytes?: number;
  /** Takes everything and passes nothing on, while it lasts. No connection ends by it. */
  isBlackHole?: boolean;
}

const lookAgainMs = 20;

/** Copies what `from` says to `to`, in order, at the pace of the fault of the moment. */
export function slowly(from: Socket, to: Socket, fault: () => LineFault): void {
  let last = Promise.resolve();
  from.on('data', (data: Buffer) => {
    from.pause();
    last = last.then(async () => {
      await pass(data, to, fault);
      from.resume();
    });
  });
  from.on('end', () => void last.then(() => to.end()));
}

async function pass(data: Buffer, to: Socket, fault: () => LineFault): Promise<void> {
  while (fault().isBlackHole && !to.destroyed) await sleep(lookAgainMs);
  const { latencyMs = 0, sliceBytes = data.length } = fault();
  if (latencyMs > 0) await sleep(latencyMs);
  for (let start = 0; start < data.length && !to.destroyed; start += sliceBytes) {
    const isTaken = to.write(data.subarray(start, start + sliceBytes));
    if (!isTaken) await drained(to);
    // A write of its own: the next one waits until this one has left.
    else if (sliceBytes < data.length) await new Promise((resolve) => setImmediate(resolve));
  }
}

const drained = (socket: Socket) =>
  new Promise<void>((resolve) => {
    const done = () => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
    if (socket.destroyed) done();
  });

import type { Place, Target } from './tamper-target.ts';

const changingHead =
  (change: string, positionOf: (length: number) => number) =>
  async ({ tx, link: { chain_id }, chain }: Target): Promise<Place> => {
    await tx.unsafe(`${change} WHERE chain_id = $1`, [chain_id]);
    return { chain_id, position: positionOf(chain.length) };
  };

/** The head of a chain alone: its rows and links stay as they are. */
export const headWays: Record<string, (target: Target) => Promise<Place>> = {
  'change the hash of a head': changingHead(`UPDATE activity_heads SET hash = sha256('forged')`, (length) => length),
  'move a head on': changingHead('UPDATE activity_heads SET position = position + 1', (length) => length + 1),
  'set a head back': changingHead('UPDATE activity_heads SET position = position - 1', (length) => length),
  'take a head away': changingHead('DELETE FROM activity_heads', () => 1),
};

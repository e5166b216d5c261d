import { z } from 'zod';

const FromWorker = z.discriminatedUnion('kind', [
  /** It listens. */
  z.object({ kind: z.literal('ready') }),
  /** The answer to `are-you-there`. */
  z.object({ kind: z.literal('here') }),
  /** It cannot start: the line for the operator. */
  z.object({ kind: z.literal('failed'), reason: z.string() }),
  /** Somebody asks it for the metrics of all. */
  z.object({ kind: z.literal('metrics-wanted'), id: z.number() }),
  /** As prom-client writes them for another process. */
  z.object({
    kind: z.literal('own-metrics'),
    id: z.number(),
    metrics: z.array(z.custom<object>((value) => typeof value === 'object' && value !== null)),
  }),
]);
export type FromWorker = z.infer<typeof FromWorker>;
/** The rest is of its life, and for who launches it. */
export type MetricsMessage = Extract<FromWorker, { kind: 'metrics-wanted' | 'own-metrics' }>;

const FromPrimary = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stop') }),
  z.object({ kind: z.literal('are-you-there') }),
  z.object({ kind: z.literal('own-metrics-wanted'), id: z.number() }),
  z.object({ kind: z.literal('metrics'), id: z.number(), text: z.string() }),
]);
export type FromPrimary = z.infer<typeof FromPrimary>;

export const parseFromWorker = (message: unknown): FromWorker => FromWorker.parse(message);
export const parseFromPrimary = (message: unknown): FromPrimary => FromPrimary.parse(message);

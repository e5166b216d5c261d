/** How long the answer to a request with an `Idempotency-Key` is kept, and given again to whoever repeats it. */
export const idempotencyLifetimeSeconds = 86_400;

export const idempotencyKeyLimits = { length: { min: 1, max: 255 } } as const;

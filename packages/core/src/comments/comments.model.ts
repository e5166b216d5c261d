export const commentLimits = { content: { max: 10_000 } } as const;

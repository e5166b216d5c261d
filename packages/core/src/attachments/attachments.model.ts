export const attachmentLimits = { filename: { max: 255 } } as const;

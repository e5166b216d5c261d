/** For what listens for revocations, in a test that has none. */
export const unrevokingHub = { onRevocation: () => () => undefined };

export const teamRoles = ['member', 'manager'] as const;
export type TeamRole = (typeof teamRoles)[number];

export const teamLimits = { name: { max: 100 }, description: { max: 5_000 } } as const;

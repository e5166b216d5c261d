export const userRoles = ['user', 'admin'] as const;
export type UserRole = (typeof userRoles)[number];

export const userLimits = {
  username: { min: 3, max: 50 },
  fullName: { max: 200 },
  email: { max: 254 },
  password: { min: 8, max: 128 },
} as const;

export const everybody = [
  'outsider',
  'ex_member',
  'member',
  'manager',
  'team_owner',
  'creator',
  'assignee',
  'admin',
] as const;
const inTeam = ['member', 'manager', 'team_owner', 'creator', 'assignee'] as const;
export const admin = ['admin'] as const;
export const teamAndAdmin = [...inTeam, 'admin'] as const;
export const changers = ['creator', 'manager', 'team_owner', 'admin'] as const;
export const owners = ['team_owner', 'admin'] as const;
export const managers = ['manager', 'team_owner', 'admin'] as const;
export const concerned = ['creator', 'assignee', 'admin'] as const;

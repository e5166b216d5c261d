/**
 * Why a session ended. `rotated` is not among them: rotation is a fact about a token, not about its session. `revoked`:
 * by its user, from the list of sessions.
 */
export const sessionEndReasons = [
  'logout',
  'logout_all',
  'reuse_detected',
  'password_changed',
  'deactivated',
  'revoked',
] as const;
export type SessionEndReason = (typeof sessionEndReasons)[number];

/** How long after its rotation a refresh token may be presented again (two tabs, a lost answer). */
export const refreshGraceSeconds = 10;

import type { Fetch } from '../http/fetch.ts';

/** A `fetch` that answers refreshes alone, with tokens `access-1`, `access-2`, …, or by what `refuse` says. */
export function fakeRefresh({ refuse }: { refuse?: () => string | undefined } = {}) {
  const state = { count: 0 };
  const fetch: Fetch = async (input) => {
    if (!String(input instanceof Request ? input.url : input).includes('auth.refresh'))
      throw new TypeError('unexpected');
    state.count++;
    const code = refuse?.();
    if (code !== undefined) {
      const data = { code: 'UNAUTHORIZED', httpStatus: 401, error: { code, request_id: 'r1' } };
      return Response.json([{ error: { code: -32_001, message: 'refused', data } }], { status: 401 });
    }
    const data = {
      access_token: `access-${state.count}`,
      refresh_token: `refresh-${state.count}`,
      token_type: 'bearer',
      expires_in: 900,
    };
    return Response.json([{ result: { data } }]);
  };
  return { fetch, state };
}

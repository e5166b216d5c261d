/**
 * The three parts of a compact JWS. Undefined where one is not in its one canonical spelling: decoders take padding,
 * stray bits and repeated members, and what two readers read differently is not to be trusted.
 */
export function partsOf(token: string): { header: unknown } | undefined {
  const parts = token.split('.');
  const [header = '', payload = ''] = parts;
  if (parts.length !== 3 || !parts.every(isCanonicalBase64Url)) return undefined;
  const [said, claims] = [parseCanonicalJson(header), parseCanonicalJson(payload)];
  return said === undefined || claims === undefined ? undefined : { header: said };
}

const isCanonicalBase64Url = (part: string) =>
  part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part;

/** What is written again as it was read has no member twice, and no number in another notation. */
function parseCanonicalJson(part: string): unknown {
  const text = Buffer.from(part, 'base64url').toString();
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

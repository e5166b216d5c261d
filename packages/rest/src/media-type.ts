const parameterPattern = /;\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;]*)\s*/g;

/** Whether a Content-Type announces JSON in UTF-8. `application/*+json` is another type, with other meanings. */
export function isJson(contentType: string | undefined): boolean {
  if (contentType === undefined) return false;
  if (contentType === 'application/json') return true;
  const semicolon = contentType.indexOf(';');
  const type = semicolon === -1 ? contentType : contentType.slice(0, semicolon);
  if (type.trim().toLowerCase() !== 'application/json') return false;
  const charset = semicolon === -1 ? undefined : charsetOf(contentType.slice(semicolon));
  return charset === undefined || charset === 'utf-8' || charset === 'utf8';
}

function charsetOf(parameters: string): string | undefined {
  for (const [, name, value] of parameters.matchAll(parameterPattern)) {
    if (name?.toLowerCase() === 'charset') return value?.replaceAll('"', '').toLowerCase();
  }
  return undefined;
}

/** Whether a Content-Encoding leaves the bytes as they are. */
export function isIdentity(contentEncoding: string | undefined): boolean {
  return contentEncoding === undefined || contentEncoding.trim().toLowerCase() === 'identity';
}

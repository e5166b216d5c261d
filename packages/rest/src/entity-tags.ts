/** An entity tag as sent, quotes included, without the `W/` of a weak one. */
interface EntityTag {
  readonly tag: string;
  readonly isWeak: boolean;
}

// RFC 9110, 8.8.3: a tag may hold commas, and any character but quote, space and controls.
const tagPattern = /^(W\/)?("[\u0021\u0023-\u007e\u0080-\u00ff]*")/;

/** The tags of a list; undefined where the header is not one. Empty elements are allowed (RFC 9110, 5.6.1). */
function parseTags(header: string): readonly EntityTag[] | undefined {
  const tags: EntityTag[] = [];
  let rest = header.trim();
  while (rest !== '') {
    const [all = '', weak, tag] = tagPattern.exec(rest) ?? [];
    if (tag !== undefined) tags.push({ tag, isWeak: weak !== undefined });
    const after = rest.slice(all.length).trimStart();
    if (after !== '' && !after.startsWith(',')) return undefined;
    rest = after.slice(1).trimStart();
  }
  return tags;
}

/**
 * The tags of `If-Match` that can match, quotes included. A weak tag never does (the comparison is strong); of a header that
 * cannot be read none does.
 * @returns undefined where the header asks for nothing: absent, or `*`.
 */
export function parseIfMatch(header: string | undefined): readonly string[] | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  return (parseTags(header) ?? []).flatMap(({ tag, isWeak }) => (isWeak ? [] : [tag]));
}

/** Whether `If-None-Match` names this tag, so that a GET is answered by 304. The comparison is weak. */
export function isNoneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const opaque = etag.startsWith('W/') ? etag.slice(2) : etag;
  return (parseTags(header) ?? []).some(({ tag }) => tag === opaque);
}

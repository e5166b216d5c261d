// A percent sign is left out too: some clients decode it where they must not.
const notInFallback = /[^\u0020-\u007e]|["\\%]/gu;

/** `attachment`, under the file's name: in ASCII for every client, and as it is (RFC 6266) where ASCII is not enough. */
export function contentDisposition(filename: string): string {
  const fallback = filename.replaceAll(notInFallback, '_');
  const plain = `attachment; filename="${fallback}"`;
  return fallback === filename ? plain : `${plain}; filename*=UTF-8''${encodeExtended(filename)}`;
}

/** RFC 8187: what encodeURIComponent leaves alone beyond its characters is encoded as well. */
const encodeExtended = (text: string) =>
  encodeURIComponent(text).replaceAll(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

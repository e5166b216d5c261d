import { isUtf8 } from 'node:buffer';
import { extname } from 'node:path';
import { fileTypeFromBuffer } from 'file-type';

/** As much of a file's beginning as is looked at. */
export const headBytes = 64 * 1024;

const unknownType = 'application/octet-stream';
// What does not occur in text: the controls other than tab, line feed, form feed, carriage return and escape.
// oxlint-disable-next-line no-control-regex -- it is about them
const nonText = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f\u007f]/;

/** Texts look alike, so the name may choose; nothing that a browser would run or show by itself. */
const textTypes = new Map([
  ['.json', 'application/json'],
  ['.csv', 'text/csv'],
  ['.tsv', 'text/tab-separated-values'],
  ['.md', 'text/markdown'],
  ['.markdown', 'text/markdown'],
  ['.yaml', 'application/yaml'],
  ['.yml', 'application/yaml'],
  ['.toml', 'application/toml'],
]);

/** The type of a file, from its first `headBytes`, and of a text from its name too: what a client says of it is not asked. */
export async function recogniseContentType(head: Buffer, filename: string): Promise<string> {
  const known = await recognise(head);
  if (known !== undefined) return known;
  return isText(head) ? (textTypes.get(extname(filename).toLowerCase()) ?? 'text/plain') : unknownType;
}

async function recognise(head: Buffer): Promise<string | undefined> {
  try {
    // Some of its types carry parameters.
    return (await fileTypeFromBuffer(head))?.mime.split(';', 1)[0];
  } catch {
    // A file that breaks its parser is of no known type.
    return undefined;
  }
}

function isText(head: Buffer): boolean {
  if (head.length === 0) return false;
  const whole = head.length < headBytes ? head : withoutCutCharacter(head);
  return isUtf8(whole) && !nonText.test(whole.toString('utf8'));
}

/** The head of a longer file may end within a character. */
function withoutCutCharacter(head: Buffer): Buffer {
  for (let end = head.length - 1; end > head.length - 4; end--) {
    const byte = head[end] ?? 0;
    if (byte < 0x80) return head;
    if (byte >= 0xc0) return head.subarray(0, end);
  }
  return head;
}

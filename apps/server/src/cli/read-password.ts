import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { UsageError } from './usage-error.ts';

/** From a prompt that echoes nothing; where standard input is no terminal, its first line. */
export async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).split(/\r?\n/, 1)[0] ?? '';
  process.stderr.write('Password: ');
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    // Ctrl-C and Ctrl-D close the prompt, and leave the question unanswered for ever.
    const gaveUp = new Promise<never>((_, reject) => {
      prompt.once('close', () => reject(new UsageError('no password was given')));
    });
    return await Promise.race([prompt.question(''), gaveUp]);
  } finally {
    prompt.close();
    process.stderr.write('\n');
  }
}

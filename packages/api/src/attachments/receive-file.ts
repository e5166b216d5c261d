import { randomUUID } from 'node:crypto';
import type { Deps } from '../shared/deps.ts';
import type { UploadSource } from './attachments.transfer.ts';
import { cleanFilename } from './clean-filename.ts';
import { recogniseContentType } from './content-type.ts';
import { createFileMeter } from './file-meter.ts';

/** A file that lies, durably and whole, under a temporary key. */
export interface ReceivedFile {
  storage_key: string;
  filename: string;
  content_type: string;
  size_bytes: number;
  sha256: string;
}

/** Takes an upload in. Whatever goes wrong with it, the client leaving included, nothing of it is left. */
export async function receiveFile(
  { storage, maxFileBytes }: Pick<Deps, 'storage' | 'maxFileBytes'>,
  source: UploadSource,
): Promise<ReceivedFile> {
  const storage_key = randomUUID();
  const meter = createFileMeter(maxFileBytes);
  let filename: string | undefined;
  try {
    await source(async (file) => {
      filename = cleanFilename(file.filename);
      await storage.writeTemp(storage_key, meter.pass(file.content));
    });
    if (filename === undefined) throw new Error('An upload source has to store a file, or to throw');
    const { head, ...seen } = meter.seen();
    return { storage_key, filename, content_type: await recogniseContentType(head, filename), ...seen };
  } catch (error) {
    // What cannot be removed now is swept later.
    await storage.deleteTemp(storage_key).catch(() => undefined);
    throw error;
  }
}

import type { UploadProgress } from './transfer.ts';

const chunkBytes = 64 * 1024;

/** As the HTML standard has it for the names in a form. */
const escapeName = (name: string) => name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');

/** A multipart body with one file, read as fast as it is taken, which tells how much of the file was. */
export function multipartStream(
  { file, filename }: { file: Blob; filename: string },
  onProgress: (progress: UploadProgress) => void = () => {},
) {
  const boundary = `taskmaster-${crypto.randomUUID()}`;
  const encoder = new TextEncoder();
  const head =
    `--${boundary}\r\n` +
    `content-disposition: form-data; name="file"; filename="${escapeName(filename)}"\r\n` +
    `content-type: ${file.type || 'application/octet-stream'}\r\n\r\n`;
  let sent_bytes = 0;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(head)),
    async pull(controller) {
      if (sent_bytes === file.size) {
        controller.enqueue(encoder.encode(`\r\n--${boundary}--\r\n`));
        controller.close();
        return;
      }
      const chunk = await file.slice(sent_bytes, sent_bytes + chunkBytes).arrayBuffer();
      controller.enqueue(new Uint8Array(chunk));
      sent_bytes += chunk.byteLength;
      onProgress({ sent_bytes, total_bytes: file.size });
    },
  });
  return { body, content_type: `multipart/form-data; boundary=${boundary}` };
}

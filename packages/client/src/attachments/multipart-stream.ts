import type { UploadProgress } from './transfer.ts';

/** As the HTML standard has it for the names in a form. */
const escapeName = (name: string) => name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');

/** A multipart body with one file, which tells how much of the file was taken from it. */
export function multipartStream(
  { file, filename }: { file: Blob; filename: string },
  onProgress: (progress: UploadProgress) => void,
) {
  const boundary = `taskmaster-${crypto.randomUUID()}`;
  const encoder = new TextEncoder();
  const head = encoder.encode(
    `--${boundary}\r\n` +
      `content-disposition: form-data; name="file"; filename="${escapeName(filename)}"\r\n` +
      `content-type: ${file.type || 'application/octet-stream'}\r\n\r\n`,
  );
  let sent_bytes = 0;
  const body = file.stream().pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      start: (controller) => controller.enqueue(head),
      transform(chunk, controller) {
        controller.enqueue(chunk);
        sent_bytes += chunk.byteLength;
        onProgress({ sent_bytes, total_bytes: file.size });
      },
      flush: (controller) => controller.enqueue(encoder.encode(`\r\n--${boundary}--\r\n`)),
    }),
  );
  return { body, content_type: `multipart/form-data; boundary=${boundary}` };
}

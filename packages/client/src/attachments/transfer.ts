/** What the ways to send a file have in common. */
export interface Upload {
  url: string;
  token: string;
  file: Blob;
  filename: string;
  onProgress: ((progress: UploadProgress) => void) | undefined;
  signal: AbortSignal | undefined;
}

export interface UploadProgress {
  /** Bytes of the file that were handed to the network. */
  sent_bytes: number;
  total_bytes: number;
}

/** An answer that was read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

export function formOf({ file, filename }: Pick<Upload, 'file' | 'filename'>): FormData {
  const form = new FormData();
  form.append('file', file, filename);
  return form;
}

import type { IncomingMessage } from 'node:http';
import type { Context, Services } from '@taskmaster/api';
import type { RawRoute } from '@taskmaster/rest';
import { downloadRoute } from './download-route.ts';
import type { TransferPace } from './transfer-pace.ts';
import { uploadRoute } from './upload-route.ts';

export interface UploadRoutesOptions {
  attachments: Pick<Services['attachments'], 'upload' | 'download'>;
  createContext: (req: IncomingMessage) => Context;
  /** Of the REST surface, for the Location of what was made. */
  basePath: string;
  maxFileBytes: number;
  /** Of uploads and of downloads. */
  pace: TransferPace;
}

/** The operations of REST that stream bytes, and that tRPC would buffer. */
export const uploadRoutes = (options: UploadRoutesOptions): readonly RawRoute[] => [
  uploadRoute(options),
  downloadRoute(options),
];

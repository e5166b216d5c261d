import { createOpenApiDocument } from './document.ts';
import { documentRoute } from './document-route.ts';
import { restBasePath } from '../http/rest.ts';
import { uploadRoutes } from '../uploads/upload-routes.ts';

const defaultMaxFileBytes = 10 * 2 ** 20;

/** The document of a server with the default settings, without one: what is only looked at is not wired. */
export function describeSurface() {
  const unused = (): never => {
    throw new Error('a route is only described here');
  };
  const routes = [
    ...uploadRoutes({
      attachments: { upload: unused, download: unused },
      createContext: unused,
      basePath: restBasePath,
      maxFileBytes: defaultMaxFileBytes,
      pace: { stallTimeoutMs: 0, minBytesPerSecond: 0 },
    }),
    documentRoute(unused),
  ];
  return createOpenApiDocument(routes);
}

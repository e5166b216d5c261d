import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet, { contentSecurityPolicy } from 'helmet';

type Middleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

const oneYearSeconds = 31_536_000;

/**
 * The headers of every answer. None of them is a page of ours, so a browser that is shown one loads, runs and frames
 * nothing of it: a download neither. Pages bring a policy of their own (`pagePolicy`).
 */
export function securityHeaders({ isProduction }: { isProduction: boolean }): Middleware {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"], sandbox: [] },
    },
    xFrameOptions: { action: 'deny' },
    // Not of its neighbours, which are not ours to speak for; and not of the localhost of a developer.
    strictTransportSecurity: isProduction && { maxAge: oneYearSeconds, includeSubDomains: false },
    // For browsers that are gone, and for documents.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xPoweredBy: false,
    xXssProtection: false,
  });
}

/** For the pages of the reference: nothing is loaded from elsewhere. Swagger UI writes style attributes and inlines its icons. */
export const pagePolicy: Middleware = contentSecurityPolicy({
  useDefaults: false,
  directives: {
    'default-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
    'object-src': ["'none'"],
  },
});

/** Answers hold what only their reader may see, tokens among it. A route that knows better says so. */
export const notCached: Middleware = (_req, res, next) => {
  res.setHeader('cache-control', 'no-store');
  next();
};

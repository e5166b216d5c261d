import { fileURLToPath } from 'node:url';

/** Where the document stands for those who have no server at hand. `pnpm --filter @taskmaster/server openapi` writes it. */
export const committedDocument = fileURLToPath(new URL('../../../../packages/api/openapi.json', import.meta.url));

import { writeFile } from 'node:fs/promises';
import { committedDocument } from './committed-document.ts';
import { describeSurface } from './describe-surface.ts';

await writeFile(committedDocument, `${JSON.stringify(describeSurface(), null, 2)}\n`);

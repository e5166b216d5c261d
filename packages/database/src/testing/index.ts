export { keepCopy, putBack, tamper, tamperings } from './tamper.ts';

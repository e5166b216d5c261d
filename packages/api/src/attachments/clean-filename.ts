import { attachmentLimits, isBlank } from '@taskmaster/core/contracts';

// Controls, line separators, the byte order mark, and the marks that turn text around: `\u202Efdp.exe` shows as `exe.pdf`.
const unwanted = /[\p{Cc}\u2028\u2029\uFEFF\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
const fallback = 'file';
const maxExtensionLength = 16;

/** A client's filename as a plain name of at most 255 characters: no path, nothing that only a machine sees. */
export function cleanFilename(sent: string): string {
  const last = sent.split(/[/\\]/).at(-1) ?? '';
  const name = last.toWellFormed().replaceAll(unwanted, '').normalize('NFC').trim();
  return isBlank(name) || name === '.' || name === '..' ? fallback : shorten(name);
}

/** Keeps what looks like an extension: it says what the file is. */
function shorten(name: string): string {
  const { max } = attachmentLimits.filename;
  const characters = Array.from(name);
  if (characters.length <= max) return name;
  const dot = characters.lastIndexOf('.');
  const extension = characters.length - dot <= maxExtensionLength ? characters.slice(dot) : [];
  return [...characters.slice(0, max - extension.length), ...extension].join('').trim();
}

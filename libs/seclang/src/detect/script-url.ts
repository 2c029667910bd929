import { isDigit, isHexDigit, isLetter } from './bytes.js';

const scriptSchemes: readonly string[] = ['javascript', 'vbscript', 'jscript', 'livescript', 'vbs', 'mocha', 'view-source', 'mhtml'];

/** Types of data URLs that can't run anything. */
const inertDataTypes: readonly string[] = [
  'image/png',
  'image/gif',
  'image/jpeg',
  'image/jpg',
  'image/webp',
  'image/avif',
  'image/bmp',
  'audio/',
  'video/',
  'font/',
  'text/plain',
  'text/css',
  'application/json',
  'application/pdf',
];

const namedReferences: ReadonlyMap<string, string> = new Map([
  ['tab', '\t'],
  ['newline', '\n'],
  ['colon', ':'],
  ['sol', '/'],
  ['lpar', '('],
  ['rpar', ')'],
  ['period', '.'],
  ['amp', '&'],
  ['quot', '"'],
  ['lt', '<'],
  ['gt', '>'],
]);

/** How all of them begin, and `data:` and `feed:`. */
const FIRST_LETTERS = 'jvlmdfJVLMDF';

/** Normalised bytes needed to know a scheme and the type of a data URL. */
const HEAD_LENGTH = 40;

/** Raw bytes read for them: obfuscation may be long, but what browsers accept as one scheme is shorter. */
const MAX_RAW_LENGTH = 2048;

/** Whether a URL runs script: its scheme is read as a browser does, with references decoded and control characters dropped. */
export function isScriptUrl(value: string): boolean {
  let head = normalisedHead(value);
  if (head.startsWith('feed:')) head = head.slice(5);
  for (const scheme of scriptSchemes) {
    // A scheme alone, as in the name of a field or a text about URLs, has nothing to run.
    if (head.startsWith(scheme) && !isLetter(head.charCodeAt(scheme.length)) && head.length > scheme.length + 1) return true;
  }
  if (!head.startsWith('data:')) return false;
  const hasType = head.startsWith(',', 5) || head.startsWith(';', 5) || head.includes('/');
  return hasType && !inertDataTypes.some((type) => head.startsWith(type, 5));
}

/**
 * The beginning of a URL in lower case, without white space, control characters, quotes in front, and their escapes. Empty where the first
 * letter is that of no scheme that matters.
 */
function normalisedHead(value: string): string {
  let head = '';
  const end = Math.min(value.length, MAX_RAW_LENGTH);
  for (let i = 0; i < end && head.length < HEAD_LENGTH; i++) {
    let char = value.charAt(i);
    if (char === '&') {
      const reference = readReference(value, i + 1);
      i = reference.end - 1;
      char = reference.char;
    } else if (char === '%' && isHexDigit(value.charCodeAt(i + 1)) && isHexDigit(value.charCodeAt(i + 2))) {
      char = String.fromCharCode(parseInt(value.slice(i + 1, i + 3), 16));
      i += 2;
    } else if (char === '\\' && (value.startsWith('u00', i + 1) || value.startsWith('x', i + 1))) {
      const digits = value.charAt(i + 1) === 'u' ? i + 4 : i + 2;
      char = String.fromCharCode(parseInt(value.slice(digits, digits + 2), 16) || 0);
      i = digits + 1;
    }
    const byte = char.charCodeAt(0);
    if (byte <= 0x20 || byte >= 0x7f || (head === '' && (char === '"' || char === "'" || char === '`'))) continue;
    if (head === '' && !FIRST_LETTERS.includes(char)) return '';
    head += char;
  }
  return head.toLowerCase();
}

function readReference(value: string, start: number): { char: string; end: number } {
  if (value.charAt(start) === '#') return readNumericReference(value, start + 1);
  let end = start;
  while (end - start < 10 && isLetter(value.charCodeAt(end))) end++;
  const char = namedReferences.get(value.slice(start, end).toLowerCase());
  if (char === undefined) return { char: '&', end: start };
  return { char, end: value.charAt(end) === ';' ? end + 1 : end };
}

function readNumericReference(value: string, start: number): { char: string; end: number } {
  const isHex = (value.charCodeAt(start) | 0x20) === 0x78;
  let end = isHex ? start + 1 : start;
  let code = 0;
  for (; isHex ? isHexDigit(value.charCodeAt(end)) : isDigit(value.charCodeAt(end)); end++) {
    code = Math.min(code * (isHex ? 16 : 10) + parseInt(value.charAt(end), 16), 0x10000);
  }
  return { char: String.fromCharCode(code), end: value.charAt(end) === ';' ? end + 1 : end };
}

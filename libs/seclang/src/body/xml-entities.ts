import { hexDigit } from './hex.js';
import { utf8Bytes } from './utf8.js';

const predefined: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Longest reference looked for, semicolon included: `&#x0010FFFF;` and a little more. */
const MAX_REFERENCE_LENGTH = 16;

/** Decodes predefined and numeric references once (the result is not read again); undefined when any reference is unknown or malformed. */
export function decodeXmlText(raw: string): string | undefined {
  let at = raw.indexOf('&');
  if (at < 0) return raw;
  let out = '';
  let copied = 0;
  while (at >= 0) {
    const end = raw.slice(at, at + MAX_REFERENCE_LENGTH).indexOf(';');
    const decoded = end < 0 ? undefined : decodeReference(raw.slice(at + 1, at + end));
    if (decoded === undefined) return undefined;
    out += raw.slice(copied, at) + decoded;
    copied = at + end + 1;
    at = raw.indexOf('&', copied);
  }
  return out + raw.slice(copied);
}

function decodeReference(name: string): string | undefined {
  if (name.charCodeAt(0) !== 0x23) return predefined.get(name);
  const isHex = name.charAt(1) === 'x';
  const base = isHex ? 16 : 10;
  let codePoint = 0;
  for (let i = isHex ? 2 : 1; i < name.length; i++) {
    const digit = hexDigit(name.charCodeAt(i));
    if (digit < 0 || digit >= base) return undefined;
    codePoint = codePoint * base + digit;
  }
  return codePoint > 0 && codePoint <= 0x10ffff ? utf8Bytes(codePoint) : undefined;
}

import type { BodyArgument } from './body-result.js';

const SPACE = 0x20;
const NO_BREAK_SPACE = 0xa0;

/** Splits a Cookie header at semicolons; names and values are trimmed but not decoded, and a pair without `=` has an empty value. */
export function parseCookies(header: string): BodyArgument[] {
  const cookies: BodyArgument[] = [];
  let start = 0;
  let equals = header.indexOf('=');
  while (start < header.length) {
    let end = header.indexOf(';', start);
    if (end < 0) end = header.length;
    // The next `=` is carried over, so that a header of semicolons alone is not searched again for every pair.
    if (equals >= 0 && equals < start) equals = header.indexOf('=', start);
    const hasValue = equals >= 0 && equals < end;
    const name = trimmed(header, start, hasValue ? equals : end);
    const value = hasValue ? trimmed(header, equals + 1, end) : '';
    if (name !== '' || value !== '') cookies.push({ name, value });
    start = end + 1;
  }
  return cookies;
}

/** A part of a text without the white space around it, which is a space in front at most in nearly all cases. */
function trimmed(text: string, from: number, to: number): string {
  const start = from < to && text.charCodeAt(from) === SPACE ? from + 1 : from;
  const part = text.slice(start, to);
  return start < to && (isWhite(text.charCodeAt(start)) || isWhite(text.charCodeAt(to - 1))) ? part.trim() : part;
}

function isWhite(byte: number): boolean {
  return byte <= SPACE || byte === NO_BREAK_SPACE;
}

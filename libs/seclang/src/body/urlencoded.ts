import type { BodyArgument } from './body-result.js';

/**
 * Splits `name=value` pairs at the separator and decodes both sides; at most `limit` pairs are returned.
 * Empty pairs between two separators are skipped, a pair without `=` has an empty value.
 */
export function parseUrlEncoded(text: string, separator: string, limit: number): BodyArgument[] {
  const pairs: BodyArgument[] = [];
  let start = 0;
  while (start < text.length && pairs.length < limit) {
    let end = text.indexOf(separator, start);
    if (end < 0) end = text.length;
    if (end > start) pairs.push(decodePair(text, start, end));
    start = end + 1;
  }
  return pairs;
}

function decodePair(text: string, start: number, end: number): BodyArgument {
  const equals = text.indexOf('=', start);
  if (equals < 0 || equals >= end) return { name: decodeFormBytes(text.slice(start, end)), value: '' };
  return { name: decodeFormBytes(text.slice(start, equals)), value: decodeFormBytes(text.slice(equals + 1, end)) };
}

/** Percent-decoding of form data: `+` is a space, an escape without two hex digits stays as it is. */
export function decodeFormBytes(text: string): string {
  let out = '';
  let copied = 0;
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i);
    if (byte === 0x2b) {
      out += text.slice(copied, i) + ' ';
      copied = i + 1;
    } else if (byte === 0x25) {
      const high = hexDigit(text.charCodeAt(i + 1));
      const low = hexDigit(text.charCodeAt(i + 2));
      if (high < 0 || low < 0) continue;
      out += text.slice(copied, i) + String.fromCharCode(high * 16 + low);
      i += 2;
      copied = i + 1;
    }
  }
  return copied === 0 ? text : out + text.slice(copied);
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

import { argumentResult } from './body-result.js';
import type { BodyArgument, BodyLimits, BodyResult } from './body-result.js';
import { formDecoder } from './form-decoder.js';

/** URLENCODED: the arguments of a form; more than the limit is an error, those up to the limit are kept. */
export function processUrlEncoded(body: string, _contentType: string, limits: BodyLimits): BodyResult {
  const args = parseUrlEncoded(body, '&', limits.argumentLimit + 1);
  if (args.length <= limits.argumentLimit) return argumentResult(args, '');
  args.length = limits.argumentLimit;
  return argumentResult(args, `URLENCODED: more than ${limits.argumentLimit} arguments`);
}

/**
 * Splits `name=value` pairs at the separator and decodes both sides; at most `limit` pairs are returned.
 * Empty pairs between two separators are skipped, a pair without `=` has an empty value.
 */
export function parseUrlEncoded(text: string, separator: string, limit: number): BodyArgument[] {
  const pairs: BodyArgument[] = [];
  let start = 0;
  let equals = text.indexOf('=');
  let percent = text.indexOf('%');
  let plus = text.indexOf('+');
  while (start < text.length && pairs.length < limit) {
    let end = text.indexOf(separator, start);
    if (end < 0) end = text.length;
    // What comes next is carried over, so that a body of separators alone is not searched again for every pair.
    if (equals >= 0 && equals < start) equals = text.indexOf('=', start);
    if (percent >= 0 && percent < start) percent = text.indexOf('%', start);
    if (plus >= 0 && plus < start) plus = text.indexOf('+', start);
    const isPlain = (percent < 0 || percent >= end) && (plus < 0 || plus >= end);
    if (end > start) pairs.push(isPlain ? plainPair(text, start, end, equals) : decodePair(text, start, end, equals));
    start = end + separator.length;
  }
  return pairs;
}

function plainPair(text: string, start: number, end: number, equals: number): BodyArgument {
  if (equals < 0 || equals >= end) return { name: text.slice(start, end), value: '' };
  return { name: text.slice(start, equals), value: text.slice(equals + 1, end) };
}

function decodePair(text: string, start: number, end: number, equals: number): BodyArgument {
  if (equals < 0 || equals >= end) return { name: formDecoder.decode(text.slice(start, end)), value: '' };
  return { name: formDecoder.decode(text.slice(start, equals)), value: formDecoder.decode(text.slice(equals + 1, end)) };
}

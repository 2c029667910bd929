import type { BodyArgument } from './body-result.js';

/** Splits a Cookie header at semicolons; names and values are trimmed but not decoded, and a pair without `=` has an empty value. */
export function parseCookies(header: string): BodyArgument[] {
  const cookies: BodyArgument[] = [];
  let start = 0;
  while (start < header.length) {
    let end = header.indexOf(';', start);
    if (end < 0) end = header.length;
    const pair = header.slice(start, end);
    const equals = pair.indexOf('=');
    const name = (equals < 0 ? pair : pair.slice(0, equals)).trim();
    const value = equals < 0 ? '' : pair.slice(equals + 1).trim();
    if (name !== '' || value !== '') cookies.push({ name, value });
    start = end + 1;
  }
  return cookies;
}

import type { MultipartFlags } from './multipart-flags.js';

/** Longest boundary. @see RFC 2046 5.1.1 */
const MAX_BOUNDARY_LENGTH = 70;

/** Reads the boundary parameter of a Content-Type; reports oddities, gives the empty string when there is no usable one. */
export function readBoundary(contentType: string, flags: MultipartFlags): string {
  const lower = contentType.toLowerCase();
  if (!lower.startsWith('multipart/form-data')) return refuse(flags, 'Content-Type is not multipart/form-data');
  const at = lower.indexOf('boundary');
  if (at < 0) return refuse(flags, 'no boundary in Content-Type');
  if (lower.includes('boundary', at + 8) && lower.indexOf('boundary=', at + 8) >= 0)
    return refuse(flags, 'more than one boundary in Content-Type');
  if (!isParameterStart(lower, at)) return refuse(flags, 'malformed boundary parameter in Content-Type');
  let start = at + 8;
  while (isSpace(contentType.charCodeAt(start))) start++;
  if (start > at + 8) flags.set('BOUNDARY_WHITESPACE');
  if (contentType.charAt(start) !== '=') return refuse(flags, 'malformed boundary parameter in Content-Type');
  return readValue(contentType.slice(start + 1), flags);
}

function readValue(raw: string, flags: MultipartFlags): string {
  const semicolon = raw.indexOf(';');
  const parameter = semicolon < 0 || raw.trimStart().startsWith('"') ? raw : raw.slice(0, semicolon);
  const value = parameter.trim();
  if (value !== parameter) flags.set('BOUNDARY_WHITESPACE');
  if (value.startsWith('"')) {
    flags.set('BOUNDARY_QUOTED');
    const close = value.indexOf('"', 1);
    const rest = value.slice(close + 1).trim();
    if (close < 0 || (rest !== '' && !rest.startsWith(';'))) return refuse(flags, 'invalid quoting of the boundary in Content-Type');
    return checkBoundary(value.slice(1, close), flags);
  }
  return checkBoundary(value, flags);
}

function checkBoundary(boundary: string, flags: MultipartFlags): string {
  if (boundary === '') return refuse(flags, 'empty boundary in Content-Type');
  if (boundary.length > MAX_BOUNDARY_LENGTH) return refuse(flags, 'boundary in Content-Type is too long');
  for (let i = 0; i < boundary.length; i++) {
    const byte = boundary.charCodeAt(i);
    // Wider than RFC 2046, as clients are, but nothing that two parsers could split differently.
    if (byte <= 0x20 || byte >= 0x7f || byte === 0x22 || byte === 0x2c || byte === 0x5c)
      return refuse(flags, 'invalid character in the boundary');
  }
  return boundary;
}

function isParameterStart(lower: string, at: number): boolean {
  let before = at - 1;
  while (isSpace(lower.charCodeAt(before))) before--;
  return lower.charAt(before) === ';' || lower.charAt(before) === ',';
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

function refuse(flags: MultipartFlags, message: string): string {
  flags.fail(message);
  return '';
}

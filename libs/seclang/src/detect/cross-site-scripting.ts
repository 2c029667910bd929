import { isHexDigit } from './bytes.js';
import { HtmlScanner } from './html-scanner.js';
import { isScriptUrl } from './script-url.js';

const quotes = ['"', "'", '`'] as const;
/** From this length on it is remembered which tags and attributes were looked at, so that each is once, from wherever a reading comes to it. */
const LONG_VALUE = 512;

/**
 * Judges whether a value (latin1 byte string) would run script when pasted into an HTML page: as text, as an unquoted attribute value, or
 * in single, double or back quotes. What is still percent-encoded is read decoded as well. Linear in the length of the value.
 */
export function detectXss(value: string): boolean {
  if (runsScript(value)) return true;
  if (!value.includes('%')) return false;
  const decoded = decodePercent(value);
  return decoded !== value && runsScript(decoded);
}

function runsScript(value: string): boolean {
  const hasTag = value.includes('<');
  const hasEquals = value.includes('=');
  const hasColon = value.includes(':');
  if (!hasTag && !hasEquals && !hasColon) return false;
  if (hasColon && isScriptUrl(value)) return true;
  const quoteEnds = quotes.map((quote) => value.indexOf(quote));
  const known = (hasTag || hasEquals) && value.length >= LONG_VALUE ? new Uint8Array(value.length) : null;
  if (hasTag && new HtmlScanner(value, 0, true, known).scanText()) return true;
  if (hasTag && quoteEnds.some((end) => end >= 0) && new HtmlScanner(value, 0, false, null).scanText()) return true;
  if (!hasEquals) return false;
  // Every other context needs an attribute, hence an equals sign.
  for (const end of quoteEnds) {
    if (end >= 0 && new HtmlScanner(value, end + 1, true, known).scanFromAttribute()) return true;
  }
  const unquotedEnd = endOfUnquoted(value);
  return unquotedEnd < value.length && new HtmlScanner(value, unquotedEnd, true, known).scanFromAttribute();
}

function endOfUnquoted(value: string): number {
  let end = 0;
  while (end < value.length && value.charCodeAt(end) > 0x20) end++;
  return end;
}

function decodePercent(value: string): string {
  let out = '';
  let copied = 0;
  for (let at = value.indexOf('%'); at >= 0; at = value.indexOf('%', at + 1)) {
    if (!isHexDigit(value.charCodeAt(at + 1)) || !isHexDigit(value.charCodeAt(at + 2))) continue;
    const byte = parseInt(value.slice(at + 1, at + 3), 16);
    // A NUL is dropped, as lenient parsers drop it.
    out += value.slice(copied, at) + (byte === 0 ? '' : String.fromCharCode(byte));
    copied = at + 3;
    at += 2;
  }
  return copied === 0 ? value : out + value.slice(copied);
}

import { HtmlScanner } from './html-scanner.js';
import { isScriptUrl } from './script-url.js';

const quotes = ['"', "'", '`'] as const;

/**
 * Judges whether a value (latin1 byte string) would run script when pasted into an HTML page: as text, as an unquoted attribute value, or
 * in single, double or back quotes. Linear in the length of the value.
 */
export function detectXss(value: string): boolean {
  const hasTag = value.includes('<');
  const hasEquals = value.includes('=');
  const hasColon = value.includes(':');
  if (!hasTag && !hasEquals && !hasColon) return false;
  if (hasColon && isScriptUrl(value)) return true;
  if (hasTag && (new HtmlScanner(value, 0, true).scanText() || new HtmlScanner(value, 0, false).scanText())) return true;
  if (!hasEquals) return false;
  // Every other context needs an attribute, hence an equals sign.
  for (const quote of quotes) {
    const end = value.indexOf(quote);
    if (end >= 0 && new HtmlScanner(value, end + 1, true).scanFromAttribute()) return true;
  }
  const unquotedEnd = endOfUnquoted(value);
  return unquotedEnd < value.length && new HtmlScanner(value, unquotedEnd, true).scanFromAttribute();
}

function endOfUnquoted(value: string): number {
  let end = 0;
  while (end < value.length && value.charCodeAt(end) > 0x20) end++;
  return end;
}

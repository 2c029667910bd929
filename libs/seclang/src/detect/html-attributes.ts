import { isScriptUrl } from './script-url.js';

/** Attributes that carry script, style or a document of their own, or bind data from elsewhere. */
const activeAttributes: ReadonlySet<string> = new Set(
  (
    'style srcdoc formaction datasrc datafld dataformatas attributename fscommand seeksegmenttime allowscriptaccess contentscripttype ' +
    'dynsrc lowsrc actiontype implementation http-equiv behavior behaviour'
  ).split(' '),
);

/** Words and names that merely start like an event handler. */
const innocentOnWords: ReadonlySet<string> = new Set(
  'on one once only online onto ongoing onward onwards ones onion onset onsite onboard onboarding onus'.split(' '),
);

/** Longest name looked at; no attribute that matters is longer. */
const MAX_NAME_LENGTH = 48;

/** Judges an attribute of a tag that stands in the value. */
export function isActiveAttribute(rawName: string, value: string): boolean {
  const name = normaliseName(rawName);
  if (activeAttributes.has(name) || name.startsWith('xmlns') || name.startsWith('xlink:') || name.endsWith(':href')) return true;
  return isEventHandler(name) || isScriptUrl(value);
}

/** Judges an attribute that would join a tag around the value: plain text looks like attributes too, so a name alone says less. */
export function isActiveJoinedAttribute(rawName: string, value: string): boolean {
  const name = normaliseName(rawName);
  if (isEventHandler(name)) return value !== '';
  if (name === 'style') return value.includes(':') || value.includes('(');
  return (name === 'formaction' || name === 'srcdoc' || name === 'href' || name === 'src' || name === 'xlink:href') && isScriptUrl(value);
}

/** `on` and letters; some browsers skip bytes that are no letters around names, and so does this. */
function isEventHandler(name: string): boolean {
  if (!name.startsWith('on') || name.length < 5 || innocentOnWords.has(name)) return false;
  for (let i = 2; i < name.length; i++) {
    const byte = name.charCodeAt(i);
    if (byte < 0x61 || byte > 0x7a) return false;
  }
  return true;
}

/** Lower case, without the bytes and percent escapes that lenient parsers drop from names. */
function normaliseName(rawName: string): string {
  let name = '';
  const end = Math.min(rawName.length, MAX_NAME_LENGTH);
  for (let i = 0; i < end; i++) {
    const char = rawName.charAt(i);
    const byte = rawName.charCodeAt(i);
    if (char === '%' && i + 2 < rawName.length) i += 2;
    else if (byte > 0x20 && byte < 0x7f && char !== '"' && char !== "'" && char !== '`' && char !== '\\') name += char;
  }
  return name.toLowerCase();
}

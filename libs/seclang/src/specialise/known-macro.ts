import type { MacroText } from '../model/macro-text.js';
import type { KnownVariables } from './known-variables.js';

/** The text with its macros expanded, or null where one of them depends on the request. */
export function knownText(text: MacroText, known: KnownVariables): string | null {
  if (typeof text === 'string') return text;
  let out = '';
  for (const part of text) {
    const value = typeof part === 'string' ? part : part[0] === 'TX' && part[1] !== '' ? known.get(part[1]) : null;
    if (value === null) return null;
    out += value ?? '';
  }
  return out;
}

import { textBytes } from '../matching/text-bytes.js';
import { isDigit, isHexDigit, isLetter, isWordByte, isWordStart } from './bytes.js';
import { isCalled } from './sql-tokenizer.js';
import { findSqlWord, mayTell, wordHash } from './sql-words.js';

const DASH = 0x2d;
const SLASH = 0x2f;
const STAR = 0x2a;

/** What a byte may be to the quick look at a value, one bit each. */
const PART = { wordStart: 1, digit: 2, word: 4, separator: 8, evidence: 16, half: 32, name: 64 } as const;
const HAS_ALL = PART.separator | PART.evidence;
const HAS_NAMES = PART.separator | PART.name;
const WORD_BEGINS = PART.wordStart | PART.digit;

const PARTS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const word = (isWordStart(byte) ? PART.wordStart : 0) | (isDigit(byte) ? PART.digit : 0) | (isWordByte(byte) ? PART.word : 0);
  return (
    word |
    (separates(byte) ? PART.separator : 0) |
    (isEvidence(byte) ? PART.evidence : 0) |
    (byte === DASH || byte === SLASH ? PART.half : 0)
  );
});

/**
 * What every injection has: several tokens, and among them a logical operator, a keyword, a function that databases know, a comment, or a
 * quote that closes the string the value stands in. Plain prose, names, numbers and addresses end here.
 */
export function mayBeSql(value: string): boolean {
  const { length } = value;
  const bytes = textBytes.of(value);
  let seen = 0;
  for (let at = 0; at < length;) {
    const part = PARTS[bytes[at]!]!;
    if ((part & WORD_BEGINS) === 0) {
      seen |= part;
      if ((part & PART.half) !== 0) seen |= ofPair(bytes[at]!, at + 1 < length ? bytes[at + 1]! : 0);
      at++;
    } else {
      const start = at;
      let hash = 0;
      do hash = wordHash(hash, bytes[at++]!);
      while (at < length && (PARTS[bytes[at]!]! & PART.word) !== 0);
      if ((seen & PART.evidence) === 0) seen |= (part & PART.digit) === 0 ? ofWord(value, start, at, hash) : ofNumber(value, start, at);
    }
    if ((seen & HAS_ALL) === HAS_ALL) return true;
  }
  // Dollars may be quotes: what is called is then for the tokenizer to say.
  return (seen & HAS_NAMES) === HAS_NAMES && value.includes('$');
}

/** Comments: of dashes, which separate tokens too, and of the other kind. */
function ofPair(byte: number, next: number): number {
  if (byte === DASH) return next === DASH ? HAS_ALL : 0;
  return next === STAR ? PART.evidence : 0;
}

/** Words that only compare, count or name something need another one beside them, and functions their parenthesis. */
function ofWord(value: string, start: number, end: number, hash: number): number {
  const known = mayTell(hash) ? findSqlWord(value, start, end) : undefined;
  if (known === undefined) return 0;
  if (known.kind === '&' || known.kind === 'k' || isCalled(value, end, known)) return PART.evidence;
  return known.call === 'none' ? 0 : PART.name;
}

/** `1or` is two tokens: what begins with a digit and goes on with letters is left to the tokenizer, unless it is hexadecimal throughout. */
function ofNumber(value: string, start: number, end: number): number {
  for (let at = start; at < end; at++) if (!isHexDigit(value.charCodeAt(at))) return PART.evidence;
  return 0;
}

function isEvidence(byte: number): boolean {
  const char = String.fromCharCode(byte);
  return '"#&\'\\`|'.includes(char) || (byte < 0x20 && !'\t\n\r'.includes(char));
}

/** Whether a byte may stand between two tokens of which neither is a comment of dashes. */
export function separates(byte: number): boolean {
  if (isDigit(byte) || isLetter(byte)) return false;
  return !'.-,:_%?+'.includes(String.fromCharCode(byte));
}

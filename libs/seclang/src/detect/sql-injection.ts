import { isDigit, isHexDigit, isWordByte, isWordStart } from './bytes.js';
import { readSql } from './sql-reading.js';
import type { SqlEvidence } from './sql-reading.js';
import type { SqlContext } from './sql-tokenizer.js';
import { findSqlWord } from './sql-words.js';

/** Verdict of the SQL detector; the fingerprint (kinds of the first tokens, one letter each) is empty when nothing matched. */
interface SqlVerdict {
  readonly matched: boolean;
  readonly fingerprint: string;
}

const harmless: SqlVerdict = { matched: false, fingerprint: '' };

const bare: SqlContext = { quote: '', backslashEscapes: true };

const quotedContexts: readonly (readonly [string, SqlContext, SqlContext])[] = [
  ["'", { quote: "'", backslashEscapes: true }, { quote: "'", backslashEscapes: false }],
  ['"', { quote: '"', backslashEscapes: true }, { quote: '"', backslashEscapes: false }],
];

/**
 * Judges whether a value (latin1 byte string) would change the meaning of an SQL statement it is pasted into: bare, in single quotes, or
 * in double quotes, over the common dialects. Linear in the length of the value.
 */
export function detectSqlInjection(value: string): SqlVerdict {
  if (!mayBeSql(value)) return harmless;
  const plain = readSql(value, bare);
  if (plain.phrase !== '' || changesBareStatement(plain, value)) return { matched: true, fingerprint: plain.letters };
  for (const [quote, escaped, raw] of quotedContexts) {
    if (!value.includes(quote)) continue;
    const closing = readSql(value, escaped);
    if (closing.phrase !== '' || changesQuotedStatement(closing, quote)) return { matched: true, fingerprint: closing.letters };
    if (!value.includes(`\\${quote}`)) continue;
    const unescaped = readSql(value, raw);
    if (unescaped.phrase !== '' || changesQuotedStatement(unescaped, quote)) return { matched: true, fingerprint: unescaped.letters };
  }
  return harmless;
}

/**
 * What every injection has: several tokens, and among them a logical operator, a keyword, a function that databases know, a comment, or a
 * quote that closes the string the value stands in. Plain prose, names, numbers and addresses end here.
 */
function mayBeSql(value: string): boolean {
  let hasSeveral = false;
  let hasEvidence = false;
  for (let at = 0; at < value.length && !(hasSeveral && hasEvidence);) {
    const byte = value.charCodeAt(at);
    if (isWordStart(byte) || isDigit(byte)) {
      const end = endOfWord(value, at);
      hasEvidence ||= isDigit(byte) ? !isNumber(value, at, end) : isTelling(value, at, end);
      at = end;
      continue;
    }
    const next = value.charCodeAt(at + 1);
    hasSeveral ||= separates(byte) || (byte === 0x2d && next === 0x2d);
    hasEvidence ||= isEvidence(byte, next);
    at++;
  }
  return hasSeveral && hasEvidence;
}

function endOfWord(value: string, start: number): number {
  let end = start + 1;
  while (end < value.length && isWordByte(value.charCodeAt(end))) end++;
  return end;
}

/** `1or` is two tokens: what begins with a digit and goes on with letters is left to the tokenizer, unless it is hexadecimal throughout. */
function isNumber(value: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isHexDigit(value.charCodeAt(at))) return false;
  return true;
}

/** Words that only compare, count or name something need another one beside them. */
function isTelling(value: string, start: number, end: number): boolean {
  const known = findSqlWord(value, start, end);
  return known !== undefined && (known.call !== 'none' || known.kind === '&' || known.kind === 'k');
}

function isEvidence(byte: number, next: number): boolean {
  switch (byte) {
    case 0x22: // "
    case 0x23: // #
    case 0x26: // &
    case 0x27: // '
    case 0x5c: // backslash
    case 0x60: // `
    case 0x7c: // |
      return true;
    case 0x2d: // --
      return next === 0x2d;
    case 0x2f: // /*
      return next === 0x2a;
    default:
      return byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d;
  }
}

/** Whether a byte may stand between two tokens of which neither is a comment of dashes. */
export function separates(byte: number): boolean {
  switch (byte) {
    case 0x2e: // .
    case 0x2d: // -
    case 0x2c: // ,
    case 0x3a: // :
    case 0x5f: // _
    case 0x25: // %
    case 0x3f: // ?
    case 0x2b: // +
      return false;
    default:
      return byte < 0x30 || (byte > 0x39 && byte < 0x41) || (byte > 0x5a && byte < 0x61) || byte > 0x7a;
  }
}

/** Bare values: a whole condition, not merely words that databases know too. */
function changesBareStatement(read: SqlEvidence, value: string): boolean {
  if (!read.isGrammatical || !read.isComplete) return false;
  const isConstantFirst = read.first === '1' || read.first === 'v' || read.first === '(';
  const weight = read.subqueries + read.systemVariables + (read.calls > 1 ? 1 : 0);
  if (read.ending === 'comment') {
    if (isConstantFirst && read.isCommentBare && (read.dashes === 0 || read.calls > 0)) return true;
    return read.logic + read.comparisons > 0 && (read.logic > 0 || read.isCommentBare) && (read.constants > 1 || weight > 0);
  }
  if (read.logic > 0) {
    if ((read.comparisons > 0 && read.constants > 0) || weight > 0) return true;
    return read.constants > 1 && (read.logic > 1 || isAlwaysTrue(value));
  }
  return read.calls > 0 && (weight > 0 || (read.comparisons > 0 && read.constants > 1));
}

/** `7 or 1` and `7 or true`; other numbers are a choice between two, as people write it. */
function isAlwaysTrue(value: string): boolean {
  const tail = value.slice(-8).trimEnd().toLowerCase();
  return (
    value.charCodeAt(0) !== 0x30 && (tail.endsWith('or 1') || tail.endsWith('or true') || tail.endsWith('|| 1') || tail.endsWith('||1'))
  );
}

/** Values in quotes: the string is closed, an expression goes on, and what follows the value is quoted again or commented out. */
function changesQuotedStatement(read: SqlEvidence, quote: string): boolean {
  if (!read.isGrammatical || !read.isComplete) return false;
  const operators = read.logic + read.comparisons + read.arithmetic;
  if (read.ending === 'quote') {
    // `"LIKE"` and `"&"` are quoted words; in single quotes the same is the smallest of injections.
    if (read.letters.length === 3) return quote === "'" ? operators + read.dashes > 0 : read.symbols > 0;
    return operators > 0 || read.calls > 0 || (read.dashes > 0 && read.constants > 1);
  }
  if (read.ending === 'comment') {
    if (operators + read.calls + read.subqueries + read.systemVariables + read.clauses + read.closedParentheses > 0) return true;
    return read.dashes === 0 && read.isCommentBare;
  }
  return read.logic > 0 && (read.comparisons > 0 || read.calls > 0) && read.constants > 0;
}

import { mayBeSql } from './sql-glance.js';
import { readSql } from './sql-reading.js';
import type { SqlEvidence } from './sql-reading.js';
import type { SqlContext } from './sql-tokenizer.js';

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
  return mayBeSql(value) ? readInAllContexts(value) : harmless;
}

/** The same without the quick look that most values end with. */
export function readInAllContexts(value: string): SqlVerdict {
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

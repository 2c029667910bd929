import { isDigit, isHexDigit, isSqlSpace, isWordByte, isWordStart } from './bytes.js';
import { findSqlWord, MAX_WORD_LENGTH } from './sql-words.js';
import type { SqlKind, SqlWord } from './sql-words.js';

/** Where the value is taken to be pasted: bare, or inside a string of that quote; `raw` quotes know no backslash escapes. */
export interface SqlContext {
  readonly quote: '' | "'" | '"';
  readonly backslashEscapes: boolean;
}

/**
 * Splits a value into SQL tokens of all common dialects at once; where dialects differ, the reading that favours an attack is taken.
 * One object is reused for all tokens: its fields describe the last one. Every byte is looked at a bounded number of times.
 */
export class SqlTokenizer {
  kind: SqlKind = '?';
  /** Lower-case spelling of a known word or the operator; empty for names, numbers and strings. */
  word = '';
  /** The known word behind a keyword or function. */
  entry: SqlWord | undefined;
  /** The last token was a string that ran to the end of the value, opened by this quote. */
  openQuote = '';
  /** The token begins right after the one before. */
  isTight = false;
  /** First byte after a comment to the end; the length of the value otherwise. */
  commentBody = 0;
  /** A comment stands between this token and the one before. */
  followsComment = false;
  at = 0;
  readonly #value: string;
  readonly #context: SqlContext;
  #inConditional = false;

  constructor(value: string, context: SqlContext) {
    this.#value = value;
    this.#context = context;
  }

  /** Reads the next token into the fields; false at the end. In a quoted context the first token is the string the value closes. */
  next(): boolean {
    this.entry = undefined;
    this.word = '';
    if (this.at === 0 && this.#context.quote !== '') return this.#string(this.#context.quote.charCodeAt(0), 0);
    const before = this.at;
    if (!this.#skipBlank()) return this.kind === 'c' && this.at > before;
    this.isTight = this.at === before;
    this.openQuote = '';
    return this.#token(this.#value.charCodeAt(this.at));
  }

  /** Skips white space and comments inside; false at the end, with kind `c` when a comment reached it. */
  #skipBlank(): boolean {
    const value = this.#value;
    this.kind = '?';
    this.followsComment = false;
    for (;;) {
      const byte = value.charCodeAt(this.at);
      if (isSqlSpace(byte)) this.at++;
      else if (byte === 0x2f && value.charCodeAt(this.at + 1) === 0x2a) {
        if (!this.#blockComment()) return false;
      } else if (byte === 0x2a && this.#inConditional && value.charCodeAt(this.at + 1) === 0x2f) {
        this.#inConditional = false;
        this.at += 2;
      } else if (byte === 0x23 || (byte === 0x2d && this.#isDashComment())) {
        if (!this.#lineComment(byte === 0x23 ? 1 : 2)) return false;
      } else return this.at < value.length;
    }
  }

  #blockComment(): boolean {
    const value = this.#value;
    if (value.charCodeAt(this.at + 2) === 0x21) {
      this.#inConditional = true;
      this.at += 3;
      for (let i = 0; i < 6 && isDigit(value.charCodeAt(this.at)); i++) this.at++;
      return true;
    }
    const end = value.indexOf('*/', this.at + 2);
    if (end < 0) return this.#commentToEnd(2);
    this.followsComment = true;
    // PostgreSQL nests comments: the end of the outer one is skipped when it comes.
    if (this.#value.lastIndexOf('/*', end) > this.at) this.#inConditional = true;
    this.at = end + 2;
    return true;
  }

  #lineComment(markLength: number): boolean {
    const newline = this.#value.indexOf('\n', this.at);
    if (newline < 0) return this.#commentToEnd(markLength);
    this.followsComment = true;
    this.at = newline + 1;
    return true;
  }

  #commentToEnd(markLength: number): false {
    this.kind = 'c';
    this.commentBody = this.at + markLength;
    this.at = this.#value.length;
    return false;
  }

  /** `--` opens a comment, except where MySQL reads two minus signs in front of an operand. */
  #isDashComment(): boolean {
    if (this.#value.charCodeAt(this.at + 1) !== 0x2d) return false;
    const next = this.#value.charCodeAt(this.at + 2);
    return !(isDigit(next) || next === 0x28 || next === 0x27 || next === 0x22 || next === 0x40);
  }

  #token(byte: number): boolean {
    if (isWordStart(byte)) return this.#wordOrPrefixedString();
    if (isDigit(byte) || (byte === 0x2e && isDigit(this.#value.charCodeAt(this.at + 1)))) return this.#number();
    switch (byte) {
      case 0x27:
      case 0x22:
        return this.#string(byte, 1);
      case 0x60:
        return this.#delimited('`', 'n');
      case 0x5b:
        return this.#delimited(']', 'n');
      case 0x40:
        return this.#variable();
      case 0x24:
        return this.#dollar();
      case 0x28:
        return this.#single('(');
      case 0x29:
        return this.#single(')');
      case 0x2c:
        return this.#single(',');
      case 0x3b:
        return this.#single(';');
      case 0x2e:
        return this.#single('.');
      case 0x5c:
        return this.#backslash();
      default:
        return this.#operator(byte);
    }
  }

  #single(kind: SqlKind): true {
    this.kind = kind;
    this.at++;
    return true;
  }

  #wordOrPrefixedString(): true {
    const value = this.#value;
    const start = this.at;
    let end = start + 1;
    while (isWordByte(value.charCodeAt(end))) end++;
    this.at = end;
    const next = value.charCodeAt(end);
    // N'..', E'..', X'..', B'..', Q'..' are strings with a prefix.
    if (next === 0x27 && end === start + 1 && 'nexbqNEXBQ'.includes(value.charAt(start))) return this.#string(next, 1);
    this.#classify(start, end);
    return true;
  }

  #classify(start: number, end: number): void {
    this.kind = 'n';
    const entry = findSqlWord(this.#value, start, end);
    if (entry === undefined) return;
    this.entry = entry;
    this.word = entry.word;
    this.kind = isCalled(this.#value, end, entry) ? 'f' : entry.kind;
  }

  /** Numbers, also run together with an operator word (`1or`); with other letters behind they are names, as in part numbers. */
  #number(): true {
    const value = this.#value;
    const start = this.at;
    let end = start;
    this.kind = '1';
    const second = value.charCodeAt(start + 1) | 0x20;
    if (value.charCodeAt(start) === 0x30 && (second === 0x78 || second === 0x62)) {
      end += 2;
      while (isHexDigit(value.charCodeAt(end))) end++;
    } else {
      while (isDigit(value.charCodeAt(end))) end++;
      if (value.charCodeAt(end) === 0x2e) end++;
      while (isDigit(value.charCodeAt(end))) end++;
      end = this.#exponentEnd(end);
    }
    this.at = end;
    if (!isWordStart(value.charCodeAt(end)) || value.charCodeAt(end - 1) === 0x2e) return true;
    let wordEnd = end;
    while (isWordByte(value.charCodeAt(wordEnd))) wordEnd++;
    const glued = findSqlWord(value, end, wordEnd);
    if (glued !== undefined && glued.kind !== 'n' && glued.kind !== '1') return true;
    this.kind = 'n';
    this.at = wordEnd;
    return true;
  }

  #exponentEnd(end: number): number {
    if ((this.#value.charCodeAt(end) | 0x20) !== 0x65) return end;
    const sign = this.#value.charCodeAt(end + 1);
    let digits = end + (sign === 0x2b || sign === 0x2d ? 2 : 1);
    if (!isDigit(this.#value.charCodeAt(digits))) return end;
    while (isDigit(this.#value.charCodeAt(digits))) digits++;
    return digits;
  }

  /** A string up to its closing quote; a doubled quote stays inside, and so does an escaped one where backslashes escape. */
  #string(quote: number, skip: number): true {
    const value = this.#value;
    let end = this.at + skip;
    this.kind = 's';
    for (;;) {
      const byte = value.charCodeAt(end);
      if (byte === 0x5c && this.#context.backslashEscapes) end += 2;
      else if (byte !== quote) end++;
      else if (value.charCodeAt(end + 1) === quote && end + 2 < value.length) end += 2;
      else break;
      if (end >= value.length) {
        this.at = value.length;
        this.openQuote = String.fromCharCode(quote);
        return true;
      }
    }
    this.at = end + 1;
    return true;
  }

  #delimited(close: string, kind: SqlKind): true {
    const end = this.#value.indexOf(close, this.at + 1);
    this.kind = end < 0 ? '?' : kind;
    this.at = end < 0 ? this.at + 1 : end + 1;
    return true;
  }

  #variable(): true {
    const value = this.#value;
    let end = this.at + 1;
    if (value.charCodeAt(end) === 0x40) end++;
    const first = value.charCodeAt(end);
    if (first === 0x60 || first === 0x27 || first === 0x22) {
      this.at = end;
      const isString = first !== 0x60;
      if (isString) this.#string(first, 1);
      else this.#delimited('`', 'v');
      // `@'` at the end opens the closing string of the statement, otherwise this is a quoted variable name.
      if (this.openQuote === '') this.kind = 'v';
      return true;
    }
    while (isWordByte(value.charCodeAt(end)) || value.charCodeAt(end) === 0x23) end++;
    this.kind = end > this.at + 1 || end === this.at + 1 ? 'v' : '?';
    this.word = value.charCodeAt(this.at + 1) === 0x40 ? '@@' : '@';
    this.at = end;
    return true;
  }

  /** Dollar quoting of PostgreSQL, or an amount of money. */
  #dollar(): true {
    const value = this.#value;
    let end = this.at + 1;
    while (isWordByte(value.charCodeAt(end)) && value.charCodeAt(end) !== 0x24) end++;
    if (value.charCodeAt(end) === 0x24 && !isDigit(value.charCodeAt(this.at + 1))) {
      const close = end - this.at > MAX_WORD_LENGTH ? -1 : value.indexOf(value.slice(this.at, end + 1), end + 1);
      this.kind = close < 0 ? '?' : 's';
      this.at = close < 0 ? end + 1 : close + (end + 1 - this.at);
      return true;
    }
    this.kind = isDigit(value.charCodeAt(this.at + 1)) ? '1' : 'n';
    this.at = end;
    return true;
  }

  #backslash(): true {
    // `\N` is NULL in MySQL.
    const isNull = this.#value.charCodeAt(this.at + 1) === 0x4e;
    this.kind = isNull ? '1' : '?';
    this.word = isNull ? '' : '\\';
    this.at += isNull ? 2 : 1;
    return true;
  }

  #operator(byte: number): true {
    const value = this.#value;
    const next = value.charCodeAt(this.at + 1);
    this.at++;
    this.word = String.fromCharCode(byte);
    switch (byte) {
      case 0x7c:
      case 0x26:
        this.kind = next === byte ? '&' : 'o';
        if (next === byte) this.at++;
        return true;
      case 0x21:
        this.kind = next === 0x3d || next === 0x7e ? '=' : '!';
        if (this.kind === '=') this.at++;
        return true;
      case 0x7e:
        this.kind = '!';
        return true;
      case 0x3c:
      case 0x3d:
      case 0x3e:
        return this.#comparison();
      case 0x3a:
        this.kind = next === 0x3d ? '=' : '?';
        if (this.kind === '=') this.at++;
        return true;
      case 0x2b:
      case 0x2d:
      case 0x2a:
      case 0x2f:
      case 0x25:
      case 0x5e:
        this.kind = 'o';
        return true;
      default:
        this.kind = '?';
        return true;
    }
  }

  #comparison(): true {
    this.kind = '=';
    const first = this.#value.charCodeAt(this.at - 1);
    for (let i = 0; i < 2; i++) {
      const byte = this.#value.charCodeAt(this.at);
      if (byte !== 0x3d && byte !== 0x3e && !(byte === 0x3c && first === 0x3c)) break;
      this.at++;
    }
    return true;
  }
}

/** Whether a word that ends there is a call. It has its parenthesis right behind the name; certain functions may have space between. */
export function isCalled(value: string, end: number, { call }: SqlWord): boolean {
  if (call === 'none') return false;
  let open = end;
  if (call === 'certain') while (open - end < 8 && isSqlSpace(value.charCodeAt(open))) open++;
  return value.charCodeAt(open) === 0x28;
}

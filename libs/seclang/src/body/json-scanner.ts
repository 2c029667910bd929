import { hexDigit } from './hex.js';
import { utf8Bytes } from './utf8.js';

/** A token of JSON text: punctuation stands for itself; `literal` is a number, true, false or null; `fault` is invalid input. */
export type JsonToken = '{' | '}' | '[' | ']' | ':' | ',' | 'string' | 'literal' | 'end' | 'fault';

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Bytes of `\uXXXX`. */
const LONGEST_ESCAPE = 6;

/** Splits a latin1 byte string of JSON into tokens. @see RFC 8259 */
export class JsonScanner {
  /** Text of the last string (unescaped) or literal (as written); of a string with a fault what stood before it. */
  text = '';
  /** What was wrong after a `fault` token. */
  fault = '';
  /** Byte after the last token. */
  offset = 0;
  /** Whether the last token ended, or failed, because there are no more bytes. */
  isAtEnd = false;
  /** Whether the last token is a string, sound or not. */
  isInString = false;
  readonly #body: string;

  constructor(body: string) {
    this.#body = body;
  }

  next(): JsonToken {
    const body = this.#body;
    let at = this.offset;
    let byte = body.charCodeAt(at);
    while (isJsonSpace(byte)) byte = body.charCodeAt(++at);
    this.offset = at;
    this.isInString = false;
    this.isAtEnd = at >= body.length;
    if (this.isAtEnd) return 'end';
    switch (byte) {
      case 0x7b:
        return this.#mark('{');
      case 0x7d:
        return this.#mark('}');
      case 0x5b:
        return this.#mark('[');
      case 0x5d:
        return this.#mark(']');
      case 0x3a:
        return this.#mark(':');
      case 0x2c:
        return this.#mark(',');
      case QUOTE:
        this.offset++;
        return this.#string();
      default:
        return this.#literal();
    }
  }

  #mark(token: JsonToken): JsonToken {
    this.offset++;
    return token;
  }

  #string(): JsonToken {
    const body = this.#body;
    this.isInString = true;
    let out = '';
    let copied = this.offset;
    for (;;) {
      let at = this.offset;
      let byte = body.charCodeAt(at);
      while (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) byte = body.charCodeAt(++at);
      this.offset = at;
      if (byte === QUOTE) {
        this.text = out + body.slice(copied, at);
        this.offset++;
        return 'string';
      }
      if (byte !== BACKSLASH) {
        this.text = out + body.slice(copied, at);
        this.isAtEnd = at >= body.length;
        return this.#fail(this.isAtEnd ? 'unterminated string' : 'control character in a string');
      }
      out += body.slice(copied, at);
      const unescaped = this.#escape();
      if (unescaped === undefined) {
        this.text = out;
        this.isAtEnd = body.length - this.offset < LONGEST_ESCAPE;
        return this.#fail('invalid escape in a string');
      }
      out += unescaped;
      copied = this.offset;
    }
  }

  #escape(): string | undefined {
    const char = this.#body.charAt(this.offset + 1);
    if (char !== 'u') {
      this.offset += 2;
      return escapes[char];
    }
    const first = this.#hex4(this.offset + 2);
    if (first < 0) return undefined;
    this.offset += 6;
    const isHigh = first >= 0xd800 && first <= 0xdbff;
    if (!isHigh || !this.#body.startsWith('\\u', this.offset)) return utf8Bytes(first);
    const second = this.#hex4(this.offset + 2);
    if (second < 0xdc00 || second > 0xdfff) return utf8Bytes(first);
    this.offset += 6;
    return utf8Bytes(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
  }

  #hex4(at: number): number {
    let value = 0;
    for (let i = at; i < at + 4; i++) {
      const digit = hexDigit(this.#body.charCodeAt(i));
      if (digit < 0) return -1;
      value = value * 16 + digit;
    }
    return value;
  }

  #literal(): JsonToken {
    const start = this.offset;
    let end = start;
    while (isLiteralByte(this.#body.charCodeAt(end))) end++;
    this.text = this.#body.slice(start, end);
    if (this.text !== 'true' && this.text !== 'false' && this.text !== 'null' && !isJsonNumber(this.text)) {
      this.isAtEnd = end >= this.#body.length;
      return this.#fail('invalid literal');
    }
    this.offset = end;
    return 'literal';
  }

  #fail(fault: string): JsonToken {
    this.fault = fault;
    return 'fault';
  }
}

function isJsonSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isLiteralByte(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x2b || byte === 0x2d || byte === 0x2e || byte === 0x45;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** RFC 8259 section 6, by hand so that it stays one pass over any length. */
function isJsonNumber(text: string): boolean {
  let i = text.charCodeAt(0) === 0x2d ? 1 : 0;
  const whole = i;
  while (isDigit(text.charCodeAt(i))) i++;
  if (i === whole || (text.charCodeAt(whole) === 0x30 && i > whole + 1)) return false;
  if (text.charCodeAt(i) === 0x2e) {
    const fraction = ++i;
    while (isDigit(text.charCodeAt(i))) i++;
    if (i === fraction) return false;
  }
  if ((text.charCodeAt(i) | 0x20) === 0x65) {
    i++;
    if (text.charCodeAt(i) === 0x2b || text.charCodeAt(i) === 0x2d) i++;
    const exponent = i;
    while (isDigit(text.charCodeAt(i))) i++;
    if (i === exponent) return false;
  }
  return i === text.length;
}

import { argumentResult } from './body-result.js';
import type { BodyArgument, BodyLimits, BodyResult } from './body-result.js';
import { JsonScanner } from './json-scanner.js';
import type { JsonToken } from './json-scanner.js';

/**
 * JSON: every scalar becomes an argument named by its path (`json.user.tags.0`), in document order; members of the same name are all kept.
 * Strings come out unescaped as UTF-8 bytes, numbers as written, `null` empty.
 */
export function processJson(body: string, _contentType: string, limits: BodyLimits): BodyResult {
  if (body.trim() === '') return argumentResult([], '');
  const reader = new JsonReader(body, limits);
  const error = reader.read();
  const isFaulty = error !== '' && !(limits.isTruncated === true && reader.isAtEnd);
  return argumentResult(reader.args, isFaulty ? `JSON: ${error}` : '');
}

interface Container {
  readonly path: string;
  readonly isArray: boolean;
  index: number;
}

/** Longest path kept in full: deep nesting of long names would otherwise grow names with the square of the body. */
const MAX_PATH_LENGTH = 1024;

/** Pushdown reader: a stack of open containers, never recursion, so that depth costs no call stack. */
class JsonReader {
  readonly args: BodyArgument[] = [];
  readonly #scanner: JsonScanner;
  readonly #limits: BodyLimits;
  readonly #stack: Container[] = [];

  constructor(body: string, limits: BodyLimits) {
    this.#scanner = new JsonScanner(body);
    this.#limits = limits;
  }

  /** Whether reading stopped where the bytes did. */
  get isAtEnd(): boolean {
    return this.#scanner.isAtEnd;
  }

  /** Reads one document; gives the message of the first fault or the empty string. */
  read(): string {
    let fault = this.#value(this.#scanner.next(), 'json');
    while (fault === '') {
      const open = this.#stack.at(-1);
      if (open === undefined) return this.#scanner.next() === 'end' ? '' : this.#unexpected('after the document');
      fault = open.isArray ? this.#element(open) : this.#member(open);
    }
    return fault;
  }

  #element(array: Container): string {
    let token = this.#scanner.next();
    if (token === ']') return this.#close();
    if (array.index > 0) {
      if (token !== ',') return this.#unexpected('in an array');
      token = this.#scanner.next();
    }
    return this.#value(token, joinPath(array.path, String(array.index++)));
  }

  #member(object: Container): string {
    let token = this.#scanner.next();
    if (token === '}') return this.#close();
    if (object.index++ > 0) {
      if (token !== ',') return this.#unexpected('in an object');
      token = this.#scanner.next();
    }
    if (token !== 'string') return this.#unexpected('where a member name should be');
    const path = joinPath(object.path, this.#scanner.text);
    if (this.#scanner.next() !== ':') return this.#unexpected('after a member name');
    return this.#value(this.#scanner.next(), path);
  }

  #value(token: JsonToken, path: string): string {
    if (token === '{' || token === '[') {
      if (this.#stack.length >= this.#limits.jsonDepth) return `nested deeper than ${this.#limits.jsonDepth} levels`;
      this.#stack.push({ path, isArray: token === '[', index: 0 });
      return '';
    }
    // What a cut-off string carried is still shown to the rules.
    const isCutString = token === 'fault' && this.#scanner.isInString;
    if (token !== 'string' && token !== 'literal' && !isCutString) return this.#unexpected('where a value should be');
    if (this.args.length >= this.#limits.argumentLimit) return `more than ${this.#limits.argumentLimit} arguments`;
    this.args.push({ name: path, value: token === 'literal' && this.#scanner.text === 'null' ? '' : this.#scanner.text });
    return isCutString ? this.#unexpected('in a string') : '';
  }

  #close(): string {
    this.#stack.pop();
    return '';
  }

  #unexpected(where: string): string {
    return `${this.#scanner.fault === '' ? `unexpected input ${where}` : this.#scanner.fault} at byte ${this.#scanner.offset}`;
  }
}

function joinPath(path: string, name: string): string {
  return path.length > MAX_PATH_LENGTH ? `json.~.${name}` : `${path}.${name}`;
}

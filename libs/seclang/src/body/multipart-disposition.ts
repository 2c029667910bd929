import type { MultipartFlags } from './multipart-flags.js';

/** Parameters of a part's Content-Disposition; `fileName` is undefined when the part is no file. */
export interface Disposition {
  readonly name: string | undefined;
  readonly fileName: string | undefined;
}

/** Reads `form-data; name="a"; filename="b"`; oddities become flags, undefined means that it can't be read. @see RFC 7578 4.2 */
export function readDisposition(header: string, flags: MultipartFlags): Disposition | undefined {
  return new DispositionReader(header, flags).read();
}

class DispositionReader {
  readonly #header: string;
  readonly #flags: MultipartFlags;
  #at = 0;

  constructor(header: string, flags: MultipartFlags) {
    this.#header = header;
    this.#flags = flags;
  }

  read(): Disposition | undefined {
    this.#skipSpace();
    if (this.#token().toLowerCase() !== 'form-data') return undefined;
    const parameters = new Map<string, string>();
    for (;;) {
      this.#skipSpace();
      if (this.#at >= this.#header.length) break;
      if (this.#header.charAt(this.#at) === ';') this.#at++;
      else this.#flags.set('MISSING_SEMICOLON');
      this.#skipSpace();
      if (this.#at >= this.#header.length) break;
      const parameter = this.#parameter();
      if (parameter === undefined || parameters.has(parameter.name)) return undefined;
      parameters.set(parameter.name, parameter.value);
    }
    return { name: parameters.get('name'), fileName: parameters.get('filename') ?? parameters.get('filename*') };
  }

  #parameter(): { name: string; value: string } | undefined {
    const name = this.#token().toLowerCase();
    this.#skipSpace();
    if (name === '' || this.#header.charAt(this.#at) !== '=') return undefined;
    this.#at++;
    this.#skipSpace();
    const quote = this.#header.charAt(this.#at);
    if (quote !== '"' && quote !== "'") return { name, value: this.#unquoted() };
    if (quote === "'") this.#flags.set('INVALID_QUOTING');
    this.#at++;
    const value = this.#quoted(quote);
    return value === undefined ? undefined : { name, value };
  }

  #quoted(quote: string): string | undefined {
    let value = '';
    let copied = this.#at;
    for (; this.#at < this.#header.length; this.#at++) {
      const char = this.#header.charAt(this.#at);
      if (char === quote) {
        value += this.#header.slice(copied, this.#at++);
        return value;
      }
      if (char !== '\\') continue;
      const next = this.#header.charAt(this.#at + 1);
      // Only a quote or a backslash is escaped; any other backslash is part of a path some browsers send.
      if (next !== quote && next !== '\\') continue;
      value += this.#header.slice(copied, this.#at);
      copied = ++this.#at;
    }
    return undefined;
  }

  #unquoted(): string {
    const start = this.#at;
    while (this.#at < this.#header.length && !';\t '.includes(this.#header.charAt(this.#at))) this.#at++;
    const value = this.#header.slice(start, this.#at);
    if (value.includes('"') || value.includes("'")) this.#flags.set('INVALID_QUOTING');
    return value;
  }

  #token(): string {
    const start = this.#at;
    while (this.#at < this.#header.length && !';=\t "\''.includes(this.#header.charAt(this.#at))) this.#at++;
    return this.#header.slice(start, this.#at);
  }

  #skipSpace(): void {
    while (this.#header.charAt(this.#at) === ' ' || this.#header.charAt(this.#at) === '\t') this.#at++;
  }
}

/** Characters that stand for a masked value. */
export const MASK = '***';

const PAIR = /([^&;=]+)=([^&;]*)/g;
const MAX_SECRETS = 64;
const MIN_SECRET_LENGTH = 3;

/** Percent-decodes a byte string leniently; `+` is a space. */
function decodeForm(text: string): string {
  return text.replace(/\+/g, ' ').replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** Names of fields whose values never leave the box, in every notation in which a request can carry them. */
export class SecretFields {
  readonly #names: ReadonlySet<string>;
  /** Where nothing of it stands, there is nothing to mask. */
  readonly #anyName: RegExp | null;
  readonly #pairs: RegExp | null;
  readonly #elements: RegExp | null;
  readonly #parts: RegExp | null;

  constructor(names: readonly string[]) {
    const lower = names.map((name) => name.toLowerCase());
    this.#names = new Set(lower);
    const any = lower.map(escapePattern).join('|');
    this.#anyName = any ? new RegExp(any, 'i') : null;
    // Form, query, cookie, header and JSON: name, an end quote or bracket, `=` or `:`, then a quoted or bare value.
    this.#pairs = any
      ? new RegExp(
          `((?:^|[^a-z0-9_-])(?:${any})["'\\]]{0,3}\\s{0,8}(?:=|:|%3d|%3a)\\s{0,8})("(?:[^"\\\\]|\\\\.){0,4096}"?|'[^']{0,4096}'?|[^&;,"'}\\r\\n]{1,4096})`,
          'gi',
        )
      : null;
    this.#elements = any ? new RegExp(`(<(?:[a-z0-9_.-]{1,64}:)?(?:${any})(?:\\s[^<>]{0,256})?>)([^<]{1,4096})`, 'gi') : null;
    this.#parts = any
      ? new RegExp(`(name="?(?:${any})"?[^\\n]{0,256}\\r?\\n(?:[^\\r\\n]{1,512}\\r?\\n){0,4}\\r?\\n)([^\\r\\n]{1,4096})`, 'gi')
      : null;
  }

  /** Whether a field of this name is secret: the whole name, or its last part (`user[password]`, `json.user.password`). */
  hasName(name: string): boolean {
    const lower = name.toLowerCase();
    if (this.#names.has(lower)) return true;
    const decoded = decodeForm(lower);
    if (this.#names.has(decoded)) return true;
    return decoded.split(/[.[\]:/]+/).some((part) => part !== '' && this.#names.has(part));
  }

  /** Whether a rule variable such as `ARGS:password` or `REQUEST_HEADERS:Authorization` holds a secret. */
  hasVariable(variable: string): boolean {
    const colon = variable.indexOf(':');
    const collection = (colon < 0 ? variable : variable.slice(0, colon)).toUpperCase();
    // Cookies are what the Cookie header carries.
    if (collection === 'REQUEST_COOKIES' && this.#names.has('cookie')) return true;
    if (colon < 0 || collection.endsWith('_NAMES')) return false;
    return this.hasName(variable.slice(colon + 1));
  }

  /** Masks the values of secret arguments in a query or form, however their names are encoded. */
  maskQuery(query: string): string {
    return query.replace(PAIR, (pair, name: string, value: string) => (value !== '' && this.hasName(name) ? `${name}=${MASK}` : pair));
  }

  /** Masks `name=value`, `"name": "value"`, `<name>value</name>` and multipart fields within a text. */
  maskWithin(text: string): string {
    if (!this.#pairs || !this.#elements || !this.#parts || !this.#anyName?.test(text)) return text;
    return text
      .replace(this.#pairs, (_, head: string, value: string) => head + (value.startsWith('"') ? `"${MASK}"` : MASK))
      .replace(this.#elements, `$1${MASK}`)
      .replace(this.#parts, `$1${MASK}`);
  }

  /** Collects the secret values that a text carries, as they stand and decoded, in lower case. */
  collect(text: string, into: Set<string>): void {
    for (const pattern of [this.#pairs, this.#elements, this.#parts]) {
      if (!pattern) return;
      for (const match of text.matchAll(pattern)) {
        const value = (match[2] ?? '').replace(/^["']|["']$/g, '').trim();
        this.#add(value, into);
        if (into.size >= MAX_SECRETS) return;
      }
    }
  }

  /** Collects the secret values of a query or form, however their names are encoded. */
  collectQuery(query: string, into: Set<string>): void {
    for (const [, name, value] of query.matchAll(PAIR)) this.collectField(name ?? '', value ?? '', into);
  }

  /** Collects a header's or cookie's value when its name is secret. */
  collectField(name: string, value: string, into: Set<string>): void {
    if (into.size < MAX_SECRETS && this.hasName(name)) this.#add(value, into);
  }

  #add(value: string, into: Set<string>): void {
    if (value.length < MIN_SECRET_LENGTH) return;
    into.add(value.toLowerCase());
    const decoded = decodeForm(value).toLowerCase();
    if (decoded.length >= MIN_SECRET_LENGTH) into.add(decoded);
  }
}

/** Masks every occurrence of a secret, without case, and all of a text that is itself a piece of a secret. */
export function maskValues(text: string, secrets: ReadonlySet<string>): string {
  let masked = text;
  for (const secret of secrets) {
    let lower = masked.toLowerCase();
    const piece = lower.trim();
    if (piece.length >= MIN_SECRET_LENGTH && piece.length < secret.length && secret.includes(piece)) return MASK;
    for (let at = lower.indexOf(secret); at >= 0; at = lower.indexOf(secret, at + MASK.length)) {
      masked = masked.slice(0, at) + MASK + masked.slice(at + secret.length);
      lower = masked.toLowerCase();
    }
  }
  return masked;
}

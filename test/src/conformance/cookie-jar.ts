import type { HeaderField } from './ftw-test.js';

/** Cookies of one test's answers, for its later stages. Path and domain are of no account: all stages go to one place. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();

  save(headers: readonly HeaderField[]): void {
    for (const [name, value] of headers) {
      const cookie = name.toLowerCase() === 'set-cookie' ? /^\s*([^=;\s]+)=([^;]*)/.exec(value) : null;
      if (cookie !== null) this.#cookies.set(cookie[1] ?? '', (cookie[2] ?? '').trim());
    }
  }

  /** The fields with the saved cookies, unless they name cookies themselves. */
  addTo(headers: readonly HeaderField[]): readonly HeaderField[] {
    if (this.#cookies.size === 0 || headers.some(([name]) => name.toLowerCase() === 'cookie')) return headers;
    return [...headers, ['Cookie', [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')]];
  }
}

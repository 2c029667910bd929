import type { SourceLedger } from './options.js';

/** Counts the connections of this process per source. */
export class LocalSourceLedger implements SourceLedger {
  readonly #counts = new Map<string, number>();

  acquire(source: string, limit: number): boolean {
    const count = this.#counts.get(source) ?? 0;
    if (count >= limit) return false;
    this.#counts.set(source, count + 1);
    return true;
  }

  release(source: string): void {
    const count = this.#counts.get(source) ?? 0;
    if (count > 1) this.#counts.set(source, count - 1);
    else this.#counts.delete(source);
  }
}

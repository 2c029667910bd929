/**
 * Gathers calls: the work runs `delayMs` after the first of them, once with everything that came until then, and not again before
 * `delayMs` have passed.
 */
export class Gather<T> {
  #waiting = new Set<T>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly delayMs: number,
    private readonly work: (items: ReadonlySet<T>) => void,
  ) {}

  add(item: T): void {
    this.#waiting.add(item);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const items = this.#waiting;
      this.#waiting = new Set();
      this.work(items);
    }, this.delayMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.clear();
  }
}

/** Whether a body comes fast enough, on average since it was last waited for. Time during which it was held back doesn't count. */
export class BodyPace {
  #since = 0;
  #bytes = 0;

  /** From now on the client is waited for. */
  start(): void {
    this.#since = performance.now();
    this.#bytes = 0;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Less than `minBytesPerSecond`, after `graceMs`. */
  isTooSlow(graceMs: number, minBytesPerSecond: number): boolean {
    const elapsedMs = performance.now() - this.#since;
    return elapsedMs > graceMs && (this.#bytes * 1000) / elapsedMs < minBytesPerSecond;
  }
}

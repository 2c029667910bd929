/** How often requests of each source were refused, since it was last asked. Bounded: a source that finds no room counts again later. */
export class RefusedSources {
  readonly #counts = new Map<string, number>();

  constructor(private readonly most: number) {}

  add(source: string, count = 1): void {
    const known = this.#counts.get(source);
    if (known !== undefined) this.#counts.set(source, known + count);
    else if (this.#counts.size < this.most) this.#counts.set(source, count);
  }

  /** All that was counted, those with the most first; counting begins anew. */
  take(limit = this.most): [source: string, count: number][] {
    const counted = [...this.#counts].sort(([, a], [, b]) => b - a).slice(0, limit);
    this.#counts.clear();
    return counted;
  }
}

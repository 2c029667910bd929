/** What can be put in an order of changes. `older` and `newer` belong to the order. */
export interface Ordered {
  older: Ordered | null;
  newer: Ordered | null;
}

/**
 * Things in the order of their last change. A map that is deleted from at its beginning would do, if looking for its first entry did not pass
 * over all that were deleted.
 */
export class ChangeOrder<T extends Ordered> {
  #oldest: Ordered | null = null;
  #newest: Ordered | null = null;

  get oldest(): T | null {
    return this.#oldest as T | null;
  }

  add(item: T): void {
    item.older = this.#newest;
    item.newer = null;
    if (this.#newest === null) this.#oldest = item;
    else this.#newest.newer = item;
    this.#newest = item;
  }

  remove(item: T): void {
    if (item.older === null) this.#oldest = item.newer;
    else item.older.newer = item.newer;
    if (item.newer === null) this.#newest = item.older;
    else item.newer.older = item.older;
    item.older = null;
    item.newer = null;
  }

  clear(): void {
    this.#oldest = null;
    this.#newest = null;
  }

  /** Oldest first. */
  *[Symbol.iterator](): Generator<T, void> {
    for (let item = this.#oldest; item !== null; item = item.newer) yield item as T;
  }
}

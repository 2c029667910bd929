/** What a rule has in a clause: the bit of the clause among those it waits for, and all those bits. */
export interface Interest {
  readonly clause: number;
  readonly position: number;
  readonly bit: number;
  readonly full: number;
}

/** Numbers of an interest in `Interests.data`. */
export const INTEREST = { position: 0, bit: 1, full: 2, size: 3 } as const;

/** The interests of a phase in one piece of memory, numbered: those in clause `n` have the numbers from `starts[n]` up to `starts[n + 1]`. */
export class Interests {
  readonly starts: Int32Array;
  readonly data: Int32Array;
  readonly #numbers = new Map<string, number>();

  constructor(all: readonly Interest[]) {
    const different = new Map(all.map((interest) => [nameOf(interest), interest]));
    const sorted = [...different.values()].sort((a, b) => a.clause - b.clause || a.position - b.position);
    this.starts = new Int32Array((sorted.at(-1)?.clause ?? -1) + 2);
    this.data = new Int32Array(sorted.length * INTEREST.size);
    sorted.forEach((interest, number) => {
      this.#numbers.set(nameOf(interest), number);
      this.data.set([interest.position, interest.bit, interest.full], number * INTEREST.size);
      this.starts[interest.clause + 1] = number + 1;
    });
    for (let clause = 1; clause < this.starts.length; clause++)
      this.starts[clause] = Math.max(this.starts[clause]!, this.starts[clause - 1]!);
  }

  get size(): number {
    return this.#numbers.size;
  }

  /** The number of one that was handed in at the beginning. */
  number(interest: Interest): number {
    return this.#numbers.get(nameOf(interest))!;
  }
}

function nameOf({ clause, position, bit }: Interest): string {
  return `${clause} ${position} ${bit}`;
}

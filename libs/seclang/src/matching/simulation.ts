import type { Configuration, SubsetConstruction } from './subset-construction.js';

/** A configuration of a machine that moves on without states being kept: what is left where a text needs ever new ones. */
export class Simulation {
  readonly #construction: SubsetConstruction;
  #members: Int32Array;
  #count: number;
  #before: number;

  constructor(construction: SubsetConstruction, { members, before }: Configuration) {
    this.#construction = construction;
    this.#members = new Int32Array(construction.members.length);
    this.#members.set(members);
    this.#count = members.length;
    this.#before = before;
  }

  /** Takes a symbol; gives the STEP flags. */
  step(symbol: number): number {
    const construction = this.#construction;
    const flags = construction.step(this.#members, 0, this.#count, this.#before, symbol);
    // The result's array becomes ours, and ours takes the next result.
    const spare = this.#members;
    this.#members = construction.members;
    this.#count = construction.count;
    this.#before = construction.before;
    construction.members = spare;
    return flags;
  }

  get configuration(): Configuration {
    return { members: this.#members.slice(0, this.#count), before: this.#before };
  }

  get isDead(): boolean {
    return this.#construction.isDead();
  }
}

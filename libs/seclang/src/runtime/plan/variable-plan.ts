import { detached } from '@phalanx/kit';
import type { Entry } from '../entry.js';
import type { KeyedTarget, VariableKeys } from '../target-keys.js';
import { type FacetAllowance, FacetRoom } from './facet-room.js';
import { FormWaits, type Wait } from './form-waits.js';
import type { Interests } from './interests.js';
import type { KeyPlan } from './key-plan.js';

/** Longer names are seldom met twice. */
const MAX_NAME = 64;
const MAX_NAMES = 1024;

/** The rules of a phase that look at one variable. Which of them a member concerns depends on its name alone, so each is looked at once. */
export class VariablePlan {
  readonly keys: VariableKeys;
  readonly #plans: readonly KeyPlan[];
  readonly #interests: Interests;
  readonly #allowance: FacetAllowance;
  /** For every member, where no target makes a difference between them. */
  readonly #whole: FormWaits | null;
  readonly #bySelection = new Map<string, FormWaits | null>();
  readonly #byName = new Map<string, FormWaits | null>();

  constructor(keys: VariableKeys, plans: readonly KeyPlan[], interests: Interests, allowance: FacetAllowance) {
    this.keys = keys;
    this.#plans = plans;
    this.#interests = interests;
    this.#allowance = allowance;
    this.#whole = plans.every(({ target }) => target.picksAll) ? this.#waitsOf(plans) : null;
  }

  /** Who waits for something in a member of the variable; null for nobody. */
  waitsFor(entry: Entry): FormWaits | null {
    if (this.#whole !== null) return this.#whole;
    const known = entry.known.waitsIn(this);
    return known === undefined ? this.#meet(entry) : known;
  }

  #meet(entry: Entry): FormWaits | null {
    const met = this.#byName.get(entry.name);
    const waits = met === undefined ? this.#keep(entry) : met;
    if (entry.known.isKept) entry.known.keepWaits(this, waits);
    return waits;
  }

  #keep(entry: Entry): FormWaits | null {
    const plans = this.#plans.filter(({ target }) => picks(target, entry));
    const selection = plans.map(({ target }) => target.key).join();
    let waits = this.#bySelection.get(selection);
    if (waits === undefined) this.#bySelection.set(selection, (waits = plans.length === 0 ? null : this.#waitsOf(plans)));
    if (entry.name.length > MAX_NAME) return waits;
    if (this.#byName.size >= MAX_NAMES) this.#byName.clear();
    this.#byName.set(detached(entry.name), waits);
    return waits;
  }

  #waitsOf(plans: readonly KeyPlan[]): FormWaits {
    return new FormWaits(
      plans.flatMap(({ waits }): readonly Wait[] => waits),
      this.#interests,
      new FacetRoom(this.#allowance),
      true,
    );
  }
}

function picks(target: KeyedTarget, entry: Entry): boolean {
  return target.pick([entry]).length > 0;
}

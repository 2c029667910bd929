/** When a connection goes on with its work: at the end of the current turn of the event loop, at most once, or after the others had theirs. */
export class Turns {
  readonly #run: () => void;
  readonly #runNow = (): void => {
    this.#isPlanned = false;
    if (!this.#isYielding) this.#run();
  };
  readonly #runAfterOthers = (): void => {
    this.#isYielding = false;
    this.#run();
  };
  #isPlanned = false;
  #isYielding = false;

  constructor(run: () => void) {
    this.#run = run;
  }

  /** Runs after the current event, whatever else it produces before. */
  plan(): void {
    if (this.#isPlanned || this.#isYielding) return;
    this.#isPlanned = true;
    process.nextTick(this.#runNow);
  }

  /** Runs when other connections' events were looked at. */
  yield(): void {
    if (this.#isYielding) return;
    this.#isYielding = true;
    setImmediate(this.#runAfterOthers);
  }

  get isYielding(): boolean {
    return this.#isYielding;
  }
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LossCounter } from '../events/loss-counter.js';

const SUFFIX = '.loss';
const MAX_COUNTERS = 4_096;

/**
 * Hands out the loss counter files of an engine. A writer that starts takes over the file of one that is gone, with what is
 * unreported in it: on a full disk there may be no room for a new one. Files of writers that still live (an engine that
 * is being replaced drains its workers) are left alone.
 */
export class LossCounters {
  readonly #folder: string;
  readonly #taken = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The path of the writer's file: always the same for a name, as long as this engine lives. */
  pathFor(writer: string): string {
    const known = this.#taken.get(writer);
    if (known !== undefined) return known;
    const path = this.#orphans()[0] ?? this.#fresh();
    this.#taken.set(writer, path);
    return path;
  }

  /** Files that no living writer owns and that were not handed out. */
  #orphans(): string[] {
    const taken = new Set(this.#taken.values());
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith(SUFFIX))
      .sort()
      .map((name) => join(this.#folder, name))
      .filter((path) => !taken.has(path) && LossCounter.ownerOf(path) === null);
  }

  /** Processes of an engine that ran on this home before and that still live. */
  strangers(): number[] {
    const taken = new Set(this.#taken.values());
    const paths = readdirSync(this.#folder)
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => join(this.#folder, name));
    return paths.filter((path) => !taken.has(path)).flatMap((path) => LossCounter.ownerOf(path) ?? []);
  }

  /** Paths of files that are left over after all writers have theirs: what they hold has still to be reported. */
  leftOver(): string[] {
    return this.#orphans();
  }

  #fresh(): string {
    const taken = new Set([...this.#taken.values(), ...readdirSync(this.#folder).map((name) => join(this.#folder, name))]);
    for (let n = 0; n < MAX_COUNTERS; n++) {
      const path = join(this.#folder, `${n}${SUFFIX}`);
      if (!taken.has(path)) return path;
    }
    return join(this.#folder, `${MAX_COUNTERS}${SUFFIX}`);
  }
}

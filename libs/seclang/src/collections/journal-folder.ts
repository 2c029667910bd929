import { linkSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeHeader, newHeader } from './journal-header.js';

const NUMBER_DIGITS = 10;
/** A temporary file that is older than this belongs to nobody. */
const LEFT_AFTER_MS = 60_000;
const PROBE_BYTES = 4_096;

/** Numbers of the files in a journal's folder, ascending. */
export interface JournalListing {
  readonly segments: readonly number[];
  readonly bases: readonly number[];
}

/**
 * The files of a journal: numbered segments, each continued by the next, and bases. Base `n` is the state at the beginning of segment `n`; what
 * is older than the newest base is of no use.
 */
export class JournalFolder {
  readonly path: string;
  readonly #bootId: string;

  constructor(path: string, bootId: string) {
    this.path = path;
    this.#bootId = bootId;
  }

  segmentPath(number: number): string {
    return join(this.path, `${digits(number)}.log`);
  }

  basePath(number: number): string {
    return join(this.path, `${digits(number)}.base`);
  }

  make(): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
  }

  list(): JournalListing {
    const names = readdirSync(this.path);
    const numbers = (suffix: string): number[] =>
      names
        .flatMap((name) => (name.endsWith(suffix) && name.length === NUMBER_DIGITS + suffix.length ? [Number.parseInt(name, 10)] : []))
        .filter((number) => Number.isInteger(number))
        .sort((a, b) => a - b);
    return { segments: numbers('.log'), bases: numbers('.base') };
  }

  /** Throws the system's error when nothing can be written here. */
  probe(): void {
    const path = join(this.path, `probe.${process.pid}.new`);
    writeFileSync(path, Buffer.alloc(PROBE_BYTES), { mode: 0o600 });
    rmSync(path, { force: true });
  }

  /** Makes an empty segment, whole from its first moment; nothing if it is there. Throws the system's error. */
  makeSegment(number: number): void {
    const temporary = join(this.path, `${digits(number)}.${process.pid}.new`);
    writeFileSync(temporary, encodeHeader(newHeader(this.#bootId)), { mode: 0o600 });
    try {
      linkSync(temporary, this.segmentPath(number));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  /** Removes what base `number` has made useless, and what killed writers left. */
  prune(number: number): void {
    const isOld = (name: string): boolean => /^\d{10}\.(?:log|base)$/.test(name) && Number.parseInt(name, 10) < number;
    const isLeft = (name: string): boolean =>
      /\.(?:new|tmp)$/.test(name) &&
      Date.now() - (statSync(join(this.path, name), { throwIfNoEntry: false })?.mtimeMs ?? 0) > LEFT_AFTER_MS;
    for (const name of readdirSync(this.path)) if (isOld(name) || isLeft(name)) rmSync(join(this.path, name), { force: true });
  }

  /** Removes all files: what they held is lost. */
  clear(): void {
    for (const name of readdirSync(this.path)) if (/^\d{10}\./.test(name)) rmSync(join(this.path, name), { force: true });
  }
}

function digits(number: number): string {
  return String(number).padStart(NUMBER_DIGITS, '0');
}

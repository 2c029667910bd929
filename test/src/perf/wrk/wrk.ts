import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WRK } from '../../peers/required-packages.js';
import type { Workbench } from '../../peers/workbench.js';
import { parseWrk, type WrkResult } from './wrk-result.js';
import { WRK_SCRIPT } from './wrk-script.js';

/** Requests in files, as the load generator's script reads them. */
export interface Deck {
  readonly requests: string;
  readonly texts?: string;
  readonly attacks?: string;
}

/** A run: how long, over how many connections, from which request of the deck on. */
export interface WrkRun {
  readonly port: number;
  readonly deck: Deck;
  readonly seconds: number;
  readonly connections: number;
  readonly start: number;
  /** Share of attacks among the requests of the whole run; 0 for none. */
  readonly attackShare?: number;
}

/** So long before the end of a run the last attack is sent, so that its answer is counted; before that there are as many more of them. */
const QUIET_SECONDS = 0.8;

/** The load generator, with one thread, on one core. */
export class Wrk {
  readonly #bench: Workbench;
  readonly #script: string;
  readonly #core: number | undefined;

  constructor(bench: Workbench, core: number | undefined) {
    this.#bench = bench;
    this.#core = core;
    this.#script = join(bench.folder, 'requests.lua');
    writeFileSync(this.#script, WRK_SCRIPT);
  }

  /** Throws `unavailable` with its output when it fails. */
  async run({ port, deck, seconds, connections, start, attackShare = 0 }: WrkRun): Promise<WrkResult> {
    const args = [
      '-t',
      '1',
      '-c',
      `${connections}`,
      '-d',
      `${seconds}s`,
      '--timeout',
      '20s',
      '-s',
      this.#script,
      `http://127.0.0.1:${port}/`,
      '--',
    ];
    const child = this.#bench.start({
      command: WRK.file,
      args: [
        ...args,
        deck.requests,
        deck.texts ?? '-',
        deck.attacks ?? '-',
        `${start}`,
        `${(attackShare * seconds) / (seconds - QUIET_SECONDS)}`,
        `${seconds - QUIET_SECONDS}`,
      ],
      ...(this.#core === undefined ? {} : { core: this.#core }),
    });
    const deadline = setTimeout(() => child.kill('SIGKILL'), (seconds + 30) * 1_000);
    await once(child.process, 'close');
    clearTimeout(deadline);
    return parseWrk(child.output());
  }
}

/** Writes records so that the script can read them: each after its length in bytes and a line feed. */
export function writeRecords(path: string, records: Iterable<string>): string {
  const parts: string[] = [];
  for (const record of records) parts.push(`${record.length}\n${record}`);
  writeFileSync(path, parts.join(''), 'latin1');
  return path;
}

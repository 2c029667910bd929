import type { BoxBlock } from '@phalanx/contracts';
import { AppError, type Logger, messageOf } from '@phalanx/kit';
import { readSet, type SetElement } from '../../platform/nft/set-elements.js';
import type { RunTool } from '../../platform/system-tools.js';
import { type AddressRange, overlaps, parseRange, rangeText } from '../../platform/address-range.js';
import { BLOCKS_TABLE, declareTable } from './blocks-table.js';
import { addElements, deleteElements } from './element-changes.js';
import type { WantedSets } from './wanted-sets.js';

/** The packet engine's table keeps what its own rules judged, and what it must never judge. */
const PACKET_TABLE = 'inet phalanx';
const PACKET_REASONS = ['scan', 'flood', 'payload'] as const;
const VERSIONS = [4, 6] as const;

interface OwnSet {
  readonly table: string;
  readonly set: string;
  readonly reason: BoxBlock['reason'];
}

const ENGINE: readonly OwnSet[] = VERSIONS.map((version) => ({ table: BLOCKS_TABLE, set: `engine-${version}`, reason: 'engine' }));
const PACKET: readonly OwnSet[] = PACKET_REASONS.flatMap((reason) =>
  VERSIONS.map((version) => ({ table: PACKET_TABLE, set: `own-${reason}-${version}`, reason })),
);

/** Blocks that the box made by its own judgement: those of the engine's verdicts, and those of the packet engine's rules. */
export class OwnBlocks {
  /** What the lists released last: it is lifted wherever it was blocked. */
  private released: WantedSets | null = null;
  /** Nothing is released, and the packet engine's table was told so: there is nothing to look after. */
  private isNothingReleased = false;

  constructor(
    private readonly run: RunTool,
    private readonly now: () => number,
    private readonly logger: Logger,
  ) {}

  /** Refuses a source (an IPv4 address, or an IPv6 /64) for a time. Throws as `runTool` does. */
  async block(range: AddressRange, seconds: number): Promise<void> {
    const set = `engine-${range.version}`;
    const [key = ''] = rangeText(range).split('-');
    const until = this.now() + seconds * 1000;
    // An element that is there would keep its end: it goes first, and to go it must be there.
    const renew = [
      addElements(BLOCKS_TABLE, set, [[key, until]], this.now()),
      deleteElements(BLOCKS_TABLE, set, [key]),
      addElements(BLOCKS_TABLE, set, [[key, until]], this.now()),
    ].join('');
    if ((await this.elementsOf(BLOCKS_TABLE, set)) === null) await this.write(declareTable());
    await this.write(renew);
  }

  /** All that hold now, those that last longest first. */
  async list(): Promise<BoxBlock[]> {
    const found: BoxBlock[] = [];
    for (const { reason, version, elements } of await this.readAll())
      for (const { key, expiresInSeconds, packets } of elements)
        found.push({
          address: version === 6 ? `${key[0]}/64` : String(key[0]),
          reason,
          expiresAt: expiresInSeconds === null ? null : new Date(this.now() + expiresInSeconds * 1000).toISOString(),
          packets,
        });
    return found.sort((a, b) => ((a.expiresAt ?? '~') < (b.expiresAt ?? '~') ? 1 : -1));
  }

  /** Takes over what is released now, and sees to it at once. A packet engine without a table is no reason to fail. */
  async release(wanted: WantedSets | null): Promise<void> {
    this.released = wanted;
    try {
      await this.tend();
    } catch (error) {
      this.logger.warn('what was released could not be lifted everywhere; it is tried again soon', { error: messageOf(error) });
    }
  }

  /** Lifts blocks of released addresses, and tells the packet engine's table (which may have been made since) what is released. */
  async tend(): Promise<void> {
    if (!this.released) return;
    const isNothing = VERSIONS.every((version) => this.released![`released-${version}`].size === 0);
    if (isNothing && this.isNothingReleased) return;
    this.isNothingReleased = false;
    const ranges = VERSIONS.flatMap((version) => [...this.released![`released-${version}`].keys()].map(parseRange));
    for (const version of VERSIONS) await this.fillReleased(version);
    this.isNothingReleased = isNothing;
    if (ranges.length === 0) return;
    for (const { table, set, version, elements } of await this.readAll()) {
      const lifted = elements
        .map(({ key }) => String(key[0]))
        .filter((key) => ranges.some((range) => overlaps(range, parseRange(version === 6 ? `${key}/64` : key))));
      if (lifted.length > 0) await this.writeUnlessGone(deleteElements(table, set, lifted));
    }
  }

  isReleased(range: AddressRange): boolean {
    const now = this.now();
    const released = [...(this.released?.[`released-${range.version}`] ?? [])];
    return released.some(([key, until]) => (until === null || until > now) && overlaps(parseRange(key), range));
  }

  private async fillReleased(version: 4 | 6): Promise<void> {
    const set = `released-${version}`;
    const present = await this.elementsOf(PACKET_TABLE, set);
    if (present === null) return;
    const now = this.now();
    const wanted = [...this.released![`released-${version}`]].filter(([, until]) => until === null || until > now);
    const keys = new Set(wanted.map(([key]) => key));
    if (wanted.length === present.length && present.every(({ key }) => keys.has(rangeText(parseRange(String(key[0])))))) return;
    await this.writeUnlessGone(`flush set ${PACKET_TABLE} ${set}\n${addElements(PACKET_TABLE, set, wanted, now)}`);
  }

  private async readAll(): Promise<(OwnSet & { readonly version: 4 | 6; readonly elements: readonly SetElement[] })[]> {
    const result = [];
    for (const own of [ENGINE, PACKET])
      for (const { table, set, reason } of own) {
        const elements = await this.elementsOf(table, set);
        // A table has all of its sets, or is not there.
        if (elements === null) break;
        result.push({ table, set, reason, version: set.endsWith('4') ? (4 as const) : (6 as const), elements });
      }
    return result;
  }

  private elementsOf(table: string, set: string): Promise<SetElement[] | null> {
    const [family = '', name = ''] = table.split(' ');
    return readSet(this.run, family, name, set);
  }

  private async write(commands: string): Promise<void> {
    await this.run('nft', ['-f', '-'], { input: commands });
  }

  /** What ran out, or was replaced, between the look and the change, is gone: the next look sees the rest. */
  private async writeUnlessGone(commands: string): Promise<void> {
    try {
      await this.write(commands);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'tool.refused') throw error;
      this.logger.debug('own blocks changed meanwhile', { error: error.message });
    }
  }
}

import type { ApplianceNetwork } from '@phalanx/contracts';
import { readSet, type SetElement } from '../../platform/nft/set-elements.js';
import type { RecordedEvent } from '../../platform/feature.js';
import type { RunTool } from '../../platform/system-tools.js';
import { EventFolder, type FoldedEvent } from './event-folder.js';
import { type NotedCount, NotedPackets, type NotedReading, Unattributed } from './noted-packets.js';
import type { BlockEnds } from './block-ends.js';
import { FragmentOverlaps } from './fragment-overlaps.js';
import { FRAGMENTS_SEEN } from './rules/fragments.js';
import { NOTED_SETS, TOTALS } from './rules/packet-table.js';
import { DISCARDED_OVERLAP, ThreatCodes } from './threat-codes.js';
import type { ToldFile } from './told-file.js';

/** Turns what the kernel has counted and noted into events and totals. One small question a second while nothing is stopped. */
export class PacketWatch {
  private totals: ReadonlyMap<number, NotedCount> = new Map();
  private isMoving = false;
  private hasBegun = false;
  private discarded: NotedCount = { packets: 0, bytes: 0 };
  private codes: ThreatCodes | null = null;
  private readonly noted = new NotedPackets();
  private readonly unattributed = new Unattributed();
  private readonly overlaps: FragmentOverlaps;
  private readonly folder = new EventFolder((code) => this.meaning(code));

  constructor(
    private readonly run: RunTool,
    private readonly record: (event: RecordedEvent) => void,
    private readonly blocks: BlockEnds,
    private readonly told: ToldFile,
    private readonly now: () => number = Date.now,
  ) {
    this.overlaps = new FragmentOverlaps(run, DISCARDED_OVERLAP);
  }

  /** What the box's rules are named from now on; null: there are none. */
  follow(network: ApplianceNetwork | null): void {
    this.codes = network && new ThreatCodes(network);
  }

  /** By code, as last read. */
  counts(): ReadonlyMap<number, NotedCount> {
    return this.discarded.packets === 0 ? this.totals : new Map(this.totals).set(DISCARDED_OVERLAP, this.discarded);
  }

  meaning(code: number): ReturnType<ThreatCodes['meaning']> {
    return this.codes?.meaning(code) ?? null;
  }

  /** Reads, and records what is due. Rejects where nft can't be asked. */
  async poll(): Promise<void> {
    if (!this.codes) return;
    const totals = countsOf((await readSet(this.run, 'inet', 'phalanx', TOTALS)) ?? []);
    if (!this.hasBegun) return this.begin(totals);
    const hasMoved = [...totals].some(([code, { packets }]) => packets !== (this.totals.get(code)?.packets ?? 0));
    // Once more after it has come to rest: the sets were read a moment before the totals.
    if (hasMoved || this.isMoving) await this.attribute();
    this.isMoving = hasMoved;
    const due = this.folder.due(this.now());
    if (due.length > 0) await this.blocks.read();
    this.tell(due);
    this.told.save();
  }

  /** Records all that waits. */
  flush(): void {
    this.tell(this.folder.due(this.now(), true));
    this.told.save(true);
  }

  private tell(due: readonly FoldedEvent[]): void {
    for (const { code, event } of due) {
      const blockedUntil = event.action === 'blocked' ? this.blocks.until(event.source) : null;
      this.record({ ...event, blockedUntil });
      if (code !== DISCARDED_OVERLAP) this.told.add(code, { packets: event.count, bytes: event.bytes });
    }
  }

  /** What stands in the sets may have been told by an earlier run: what that one has not told is told without names. */
  private async begin(totals: ReadonlyMap<number, NotedCount>): Promise<void> {
    this.totals = totals;
    this.noted.advance(totals.size === 0 ? [] : await this.readNoted());
    this.unattributed.start(this.told.counts());
    this.folder.add(this.unattributed.advance(totals, []), this.now());
    this.hasBegun = true;
  }

  private async attribute(): Promise<void> {
    const deltas = this.noted.advance(await this.readNoted());
    const fragmentsBefore = this.totals.get(FRAGMENTS_SEEN)?.packets ?? 0;
    this.totals = countsOf((await readSet(this.run, 'inet', 'phalanx', TOTALS)) ?? []);
    this.folder.add([...deltas, ...this.unattributed.advance(this.totals, deltas)], this.now());
    if ((this.totals.get(FRAGMENTS_SEEN)?.packets ?? 0) === fragmentsBefore) return;
    // The kernel discards them: they are in no total of the rules.
    const overlaps = await this.overlaps.read();
    this.folder.add(overlaps, this.now());
    for (const { packets, bytes } of overlaps)
      this.discarded = { packets: this.discarded.packets + packets, bytes: this.discarded.bytes + bytes };
  }

  private async readNoted(): Promise<NotedReading[]> {
    const readings: NotedReading[] = [];
    for (const { kind, v, name } of NOTED_SETS)
      readings.push({ kind, v, elements: (await readSet(this.run, 'inet', 'phalanx', name)) ?? [] });
    return readings;
  }
}

function countsOf(elements: readonly SetElement[]): Map<number, NotedCount> {
  return new Map(elements.map(({ key, packets, bytes }) => [Number(key[0]), { packets, bytes }]));
}

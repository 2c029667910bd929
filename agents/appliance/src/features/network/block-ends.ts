import { readSet } from '../../platform/nft/set-elements.js';
import type { RunTool } from '../../platform/system-tools.js';
import { networkOf64 } from './address-ranges.js';
import { OWN_BLOCK_REASONS, ownBlockSet } from './rules/packet-table.js';

/** Until when the packet engine's own rules refuse a source. Listing and lifting those blocks is the feature `blocks`'. */
export class BlockEnds {
  private ends: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly run: RunTool,
    private readonly now: () => number = Date.now,
  ) {}

  /** Asks the kernel. */
  async read(): Promise<void> {
    const ends = new Map<string, string>();
    for (const reason of OWN_BLOCK_REASONS)
      for (const v of [4, 6] as const)
        for (const { key, expiresInSeconds } of (await readSet(this.run, 'inet', 'phalanx', ownBlockSet(reason, v))) ?? []) {
          if (expiresInSeconds === null) continue;
          const end = new Date(this.now() + expiresInSeconds * 1000).toISOString();
          const source = v === 4 ? String(key[0]) : `${key[0]}/64`;
          if (end > (ends.get(source) ?? '')) ends.set(source, end);
        }
    this.ends = ends;
  }

  /** At the last reading; null where it wasn't refused. */
  until(source: string): string | null {
    return this.ends.get(source.includes(':') && !source.includes('/') ? networkOf64(source) : source) ?? null;
  }
}

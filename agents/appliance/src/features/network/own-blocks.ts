import type { BoxBlock } from '@phalanx/contracts';
import { readSet } from '../../platform/nft/set-elements.js';
import type { RunTool } from '../../platform/system-tools.js';
import { isWithin, networkOf64, rangeOf } from './address-ranges.js';
import { OWN_BLOCK_REASONS, type OwnBlockReason, ownBlockSet } from './rules/packet-table.js';

const AT_ONCE = 5_000;

/** Sources that the packet engine itself refuses for a time: scanners, floods, payloads. */
export class OwnBlocks {
  /** As last read. */
  private known: readonly BoxBlock[] = [];

  constructor(
    private readonly run: RunTool,
    private readonly now: () => number = Date.now,
  ) {}

  /** From the kernel, those that end last first. IPv6: networks of 64 bits. */
  async read(): Promise<readonly BoxBlock[]> {
    const blocks: BoxBlock[] = [];
    for (const reason of OWN_BLOCK_REASONS)
      for (const v of [4, 6] as const)
        for (const { key, packets, expiresInSeconds } of (await readSet(this.run, 'inet', 'phalanx', ownBlockSet(reason, v))) ?? []) {
          const expiresAt = expiresInSeconds === null ? null : new Date(this.now() + expiresInSeconds * 1000).toISOString();
          blocks.push({ address: v === 4 ? String(key[0]) : `${key[0]}/64`, reason, expiresAt, packets });
        }
    this.known = blocks.sort((a, b) => ((a.expiresAt ?? '~') < (b.expiresAt ?? '~') ? 1 : -1));
    return this.known;
  }

  /** Until when a source was refused at the last reading, or null. */
  until(source: string): string | null {
    const address = source.includes(':') && !source.includes('/') ? networkOf64(source) : source;
    return this.known.find((block) => block.address === address)?.expiresAt ?? null;
  }

  /** Lifts those that lie in one of these addresses or networks. */
  async lift(addresses: readonly string[]): Promise<void> {
    const ranges = addresses.map(rangeOf);
    const lifted = (await this.read()).filter(
      ({ address }) => isWithin(address.split('/')[0]!, ranges) || ranges.some(({ first, v }) => isIn(address, first, v)),
    );
    const commands = lifted.map(({ address, reason }) => {
      const v = address.includes(':') ? 6 : 4;
      return `delete element inet phalanx ${ownBlockSet(reason as OwnBlockReason, v)} { ${address.split('/')[0]} }\n`;
    });
    for (let at = 0; at < commands.length; at += AT_ONCE)
      await this.run('nft', ['-f', '-'], { input: commands.slice(at, at + AT_ONCE).join('') });
    await this.read();
  }
}

function isIn(block: string, first: bigint, v: 4 | 6): boolean {
  const range = rangeOf(block);
  return range.v === v && first >= range.first && first <= range.last;
}

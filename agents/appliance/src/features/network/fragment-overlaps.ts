import { readSet } from '../../platform/nft/set-elements.js';
import type { RunTool } from '../../platform/system-tools.js';
import type { NotedDelta } from './noted-packets.js';
import { fragmentSet } from './rules/fragments.js';

/** One fragment that passed the rules. Bytes. */
interface Fragment {
  readonly source: string;
  readonly offset: number;
  readonly end: number;
}

const HEADER_4 = 20;
const FRAGMENT_HEADER_6 = 8;

/**
 * Fragments that overlap in part: the kernel discards such packets by itself when it puts them together, and doesn't say whose they were. All
 * fragments of the last seconds stand in sets; this compares them. An option in an IPv4 header makes a fragment look longer: one that reaches less
 * than the longest header into the next one counts as touching it.
 */
export class FragmentOverlaps {
  private known = new Set<string>();

  constructor(
    private readonly run: RunTool,
    private readonly code: number,
  ) {}

  /** Overlaps that weren't there at the last look, one for each pair. */
  async read(): Promise<NotedDelta[]> {
    const found: NotedDelta[] = [];
    const present = new Set<string>();
    for (const v of [4, 6] as const)
      for (const [packet, fragments] of await this.packets(v)) {
        const sorted = [...fragments].sort((a, b) => a.offset - b.offset);
        for (const [index, { source, offset, end }] of sorted.entries()) {
          const before = sorted[index - 1];
          if (!before || before.end - offset <= (v === 4 ? SLACK : 0)) continue;
          const pair = `${packet} ${before.offset} ${offset}`;
          present.add(pair);
          if (this.known.has(pair)) continue;
          found.push({
            code: this.code,
            interface: null,
            source,
            destination: null,
            port: null,
            protocol: 'ip',
            packets: 1,
            bytes: end - offset,
          });
        }
      }
    this.known = present;
    return found;
  }

  private async packets(v: 4 | 6): Promise<ReadonlyMap<string, Fragment[]>> {
    const packets = new Map<string, Fragment[]>();
    for (const { key } of (await readSet(this.run, 'inet', 'phalanx', fragmentSet(v))) ?? []) {
      const [source, id, place, length] = key;
      // IPv6 has its flags in the lowest three bits, and counts its header's eight bytes as payload.
      const offset = v === 4 ? Number(place) * 8 : Number(place) & 0xff_f8;
      const end = offset + Number(length) - (v === 4 ? HEADER_4 : FRAGMENT_HEADER_6);
      const packet = `${source} ${id}`;
      const fragments = packets.get(packet) ?? [];
      fragments.push({ source: String(source), offset, end });
      packets.set(packet, fragments);
    }
    return packets;
  }
}

/** Bytes of options in the longest IPv4 header. */
const SLACK = 40;

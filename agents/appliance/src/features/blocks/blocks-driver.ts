import { AppError, messageOf, sha256Hex } from '@phalanx/kit';
import type { DriverObservation, FacetDriver } from '../../platform/facet-driver.js';
import type { RunTool } from '../../platform/system-tools.js';
import { unifiedDiff } from '../../platform/unified-diff.js';
import { declareTable, LIST_SETS, removeTable, STRUCTURE } from './blocks-table.js';
import { changesBetween, listsOf, wholeTable } from './element-changes.js';
import { hasStructure, type KernelBlocks, readKernel } from './kernel-blocks.js';
import { digestOf, elementLine, readPatterns, type WantedSets, wantedSets } from './wanted-sets.js';

export interface BlocksDriverOptions {
  readonly run: RunTool;
  readonly box: { readonly applianceId: string; readonly tenantId: string };
  readonly now: () => number;
  /** Called after each change, before it is committed: what the lists release must not be refused by other judgements either. */
  readonly onApplied: (wanted: WantedSets | null) => Promise<void>;
}

/** A list that refuses the controller's own address must not stay. */
const CONFIRM_MS = 10_000;
/** What was read back so recently needs no other look before a change, where a look takes longer than the change. */
const FRESH_MS = 15_000;
const LONG_LIST = 5_000;
const APPLY_MS = 60_000;
/** An element whose end is so near may be there or not. */
const NEAR_END_MS = 5_000;
const DIFF_ELEMENTS = 500;
const KNOWN_CONTENTS = 3;

/** The facet `patterns`: addresses that the fleet refuses, as sets of the kernel's packet filter. */
export class BlocksDriver implements FacetDriver {
  readonly facet = 'patterns';
  /** What was read back last, and when it was found to be as wanted. */
  private seen: { readonly kernel: KernelBlocks; readonly wanted: WantedSets | null; readonly sameAt: number | null } | null = null;
  /** What the last few contents want, by digest: reading a long list takes longer than applying a change of it. */
  private readonly known = new Map<string, WantedSets>();

  constructor(private readonly options: BlocksDriverOptions) {}

  readonly confirmMs = (): number => CONFIRM_MS;

  async inability(): Promise<string | null> {
    try {
      await this.options.run('nft', ['-c', '-f', '-'], { input: declareTable() });
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  async check(content: Buffer): Promise<void> {
    this.wantedOf(content);
  }

  async apply(content: Buffer | null, previous: Buffer | null): Promise<{ readonly expectedDigest: string | null }> {
    const wanted = content && this.wantedOf(content);
    if (wanted) await this.make(wanted, previous && this.wantedOf(previous));
    else await this.write(removeTable());
    this.seen = null;
    await this.options.onApplied(wanted);
    return { expectedDigest: wanted && digestOf(wanted, STRUCTURE) };
  }

  async verify(): Promise<void> {
    // That the kernel has each element is proved by reading back; there is nothing else to try.
  }

  async observe(content: Buffer | null): Promise<DriverObservation> {
    const wanted = content && this.wantedOf(content);
    const kernel = await readKernel(this.options.run);
    const difference = differenceOf(kernel, wanted, this.options.now());
    this.seen = { kernel, wanted, sameAt: difference ? null : this.options.now() };
    if (!difference) return { digest: wanted && digestOf(wanted, STRUCTURE), diff: null };
    const diff = unifiedDiff(difference.wanted, difference.found);
    return { digest: kernel.isThere ? digestOf(listsOf(kernel, this.options.now()), kernel.structure) : null, diff };
  }

  /** What was read back last; null before. */
  lastSeen(): { readonly kernel: KernelBlocks; readonly wanted: WantedSets | null } | null {
    return this.seen;
  }

  private async make(wanted: WantedSets, previous: WantedSets | null): Promise<void> {
    const { now, run } = this.options;
    const sameAt = this.seen?.sameAt ?? null;
    const isLong = LIST_SETS.reduce((sum, set) => sum + wanted[set].size, 0) > LONG_LIST;
    if (isLong && previous && previous !== wanted && this.seen?.wanted === previous && sameAt !== null && now() - sameAt < FRESH_MS) {
      try {
        return await this.write(changesBetween(previous, wanted, now()));
      } catch (error) {
        // An element that was to go had run out: what is there must be looked at.
        if (!(error instanceof AppError) || error.code !== 'tool.refused') throw error;
      }
    }
    const kernel = await readKernel(run);
    await this.write(hasStructure(kernel) ? changesBetween(listsOf(kernel, now()), wanted, now()) : wholeTable(kernel, wanted, now()));
  }

  private async write(commands: string): Promise<void> {
    if (commands !== '') await this.options.run('nft', ['-f', '-'], { input: commands, timeoutMs: APPLY_MS });
  }

  private wantedOf(content: Buffer): WantedSets {
    const sha256 = sha256Hex(content);
    const wanted = this.known.get(sha256) ?? wantedSets(readPatterns(content, this.options.box));
    this.known.delete(sha256);
    this.known.set(sha256, wanted);
    for (const old of this.known.keys()) if (this.known.size > KNOWN_CONTENTS) this.known.delete(old);
    return wanted;
  }
}

interface Difference {
  readonly wanted: readonly string[];
  readonly found: readonly string[];
}

/** What differs, as lines for a diff; null where nothing does. */
function differenceOf(kernel: KernelBlocks, wanted: WantedSets | null, now: number): Difference | null {
  const present = listsOf(kernel, now);
  const missing: string[] = [];
  const extra: string[] = [];
  for (const set of LIST_SETS) {
    for (const [key, until] of wanted?.[set] ?? []) {
      const found = present[set].get(key);
      if (found === undefined) {
        if (until === null || until > now + NEAR_END_MS) missing.push(elementLine(set, key, until !== null));
      } else if ((found === null) !== (until === null)) {
        missing.push(elementLine(set, key, until !== null));
        extra.push(elementLine(set, key, found !== null));
      }
    }
    for (const [key, found] of present[set]) if (!wanted?.[set].has(key)) extra.push(elementLine(set, key, found !== null));
  }
  const isSame = wanted ? hasStructure(kernel) : !kernel.isThere;
  if (isSame && missing.length === 0 && extra.length === 0) return null;
  const inOrder = (line: string) => (STRUCTURE.includes(line) ? STRUCTURE.indexOf(line) : STRUCTURE.length);
  const structure = isSame ? STRUCTURE : [...kernel.structure].sort((a, b) => inOrder(a) - inOrder(b));
  return { wanted: [...(wanted ? STRUCTURE : []), ...shown(missing)], found: [...structure, ...shown(extra)] };
}

function shown(lines: readonly string[]): string[] {
  const sorted = [...lines].sort();
  if (sorted.length <= DIFF_ELEMENTS) return sorted;
  return [...sorted.slice(0, DIFF_ELEMENTS), `and ${sorted.length - DIFF_ELEMENTS} more elements`];
}

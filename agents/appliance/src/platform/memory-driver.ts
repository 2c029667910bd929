import type { DriverFacet } from '@phalanx/contracts';
import { AppError, sha256Hex } from '@phalanx/kit';
import type { DriverObservation, FacetDriver } from './facet-driver.js';
import { jsonLines, unifiedDiff } from './unified-diff.js';

/**
 * A driver without a kernel, for tests and for simulated fleets: what it applies is a map from each of the document's members to its text.
 * Nothing of it is used on a real box.
 */
export class MemoryDriver implements FacetDriver {
  /** What "runs": by name of the document's member. */
  readonly running = new Map<string, string>();
  /** Why the box can't, while a test wants it so. */
  unable: string | null = null;

  constructor(
    readonly facet: DriverFacet,
    /** Called before each single thing that is changed; may throw. */
    private readonly onChange: (name: string) => void | Promise<void> = () => undefined,
    readonly confirmMs?: (content: Buffer) => number,
  ) {}

  async inability(): Promise<string | null> {
    return this.unable;
  }

  async check(content: Buffer): Promise<void> {
    parse(content);
  }

  async apply(content: Buffer | null): Promise<{ readonly expectedDigest: string | null }> {
    const wanted = parse(content);
    for (const name of this.running.keys())
      if (!wanted.has(name)) {
        await this.onChange(`remove ${name}`);
        this.running.delete(name);
      }
    for (const [name, text] of wanted) {
      await this.onChange(`set ${name}`);
      this.running.set(name, text);
    }
    return { expectedDigest: digestOf(wanted) };
  }

  async verify(): Promise<void> {}

  async observe(content: Buffer | null): Promise<DriverObservation> {
    return { digest: digestOf(this.running), diff: unifiedDiff(linesOf(parse(content)), linesOf(this.running)) };
  }
}

function parse(content: Buffer | null): Map<string, string> {
  if (!content) return new Map();
  try {
    const document = JSON.parse(content.toString('utf8')) as Record<string, unknown>;
    return new Map(Object.entries(document).map(([name, value]) => [name, JSON.stringify(value)]));
  } catch (cause) {
    throw new AppError('invalid', 'memory-driver.malformed', 'the document is malformed', { cause });
  }
}

function textOf(state: ReadonlyMap<string, string>): string {
  return JSON.stringify(Object.fromEntries([...state].sort(([a], [b]) => (a < b ? -1 : 1))));
}

function digestOf(state: ReadonlyMap<string, string>): string | null {
  return state.size === 0 ? null : sha256Hex(textOf(state));
}

function linesOf(state: ReadonlyMap<string, string>): string[] {
  return state.size === 0 ? [] : jsonLines(textOf(state));
}

import type { Protections, RefusedSource } from '@phalanx/contracts';
import { type Logger, messageOf } from '@phalanx/kit';
import type { EngineLink } from '../../platform/engine-link.js';
import type { AgentContext } from '../../platform/feature.js';
import { type AddressRange, overlaps, parseRange, rangeText } from '../../platform/address-range.js';
import type { OwnBlocks } from './own-blocks.js';

export interface EngineVerdictsOptions {
  readonly engine: Pick<EngineLink, 'refusals'>;
  /** What the network policy says; null where there is none. */
  readonly policy: () => Protections['refusals'] | null;
  /** Whom this box must never refuse. */
  readonly untouchable: () => Promise<readonly AddressRange[]>;
  readonly own: OwnBlocks;
  readonly record: AgentContext['record'];
  readonly logger: Logger;
  readonly now: () => number;
}

/** Refusals of one source within the window. */
interface Refusals {
  total: number;
  readonly parts: { readonly at: number; readonly count: number }[];
}

/** Blocks sources whose requests the engine refuses too often: what comes on would only cost time. Ask it every second or so. */
export class EngineVerdicts {
  private readonly sources = new Map<string, Refusals>();

  constructor(private readonly options: EngineVerdictsOptions) {}

  /** Takes what the engine refused since the last time. Answers whether somebody was blocked. */
  async look(): Promise<boolean> {
    const { engine, policy, now } = this.options;
    const rules = policy();
    if (!rules?.enabled) {
      this.sources.clear();
      return false;
    }
    const since = now() - rules.windowSeconds * 1000;
    for (const refused of await engine.refusals()) this.count(refused);
    let isAny = false;
    for (const [source, refusals] of this.sources) {
      while (refusals.parts[0] && refusals.parts[0].at < since) refusals.total -= refusals.parts.shift()!.count;
      if (refusals.total >= rules.count) isAny = (await this.block(source, refusals, rules.blockSeconds)) || isAny;
      if (refusals.total >= rules.count || refusals.parts.length === 0) this.sources.delete(source);
    }
    return isAny;
  }

  private count({ source, count }: RefusedSource): void {
    const key = sourceOf(source);
    const refusals = this.sources.get(key) ?? { total: 0, parts: [] };
    refusals.total += count;
    refusals.parts.push({ at: this.options.now(), count });
    this.sources.set(key, refusals);
  }

  private async block(source: string, { total, parts }: Refusals, seconds: number): Promise<boolean> {
    const { untouchable, own, record, logger, now } = this.options;
    const range = parseRange(source);
    if ((await untouchable()).some((spared) => overlaps(spared, range)) || own.isReleased(range)) {
      logger.warn('the engine refuses a source too often that is never blocked', { source, refused: total });
      return false;
    }
    try {
      await own.block(range, seconds);
    } catch (error) {
      logger.warn('a source that the engine refuses too often could not be blocked', { source, error: messageOf(error) });
      return false;
    }
    logger.info('a source that the engine refused too often is blocked', { source, refused: total, seconds });
    record({
      kind: 'network',
      from: new Date(parts[0]?.at ?? now()).toISOString(),
      threat: 'refused-source',
      action: 'blocked',
      source,
      destination: null,
      port: null,
      protocol: 'tcp',
      interface: null,
      rule: null,
      blockedUntil: new Date(now() + seconds * 1000).toISOString(),
      count: total,
      bytes: 0,
    });
    return true;
  }
}

/** Whom an address stands for: itself, or all of its IPv6 /64. An IPv4 address in IPv6 form is one. */
function sourceOf(address: string): string {
  const four = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = four ?? address;
  return plain.includes(':') ? `${rangeText(parseRange(`${plain}/64`)).split('-')[0]}/64` : plain;
}

import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { HaCondition } from '@phalanx/contracts';
import { type Logger, messageOf } from '@phalanx/kit';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { CommandRows } from './command-rows.repository.js';
import { PairAnnouncer } from './pair-announcer.js';
import { hearsPeer, judgePair } from './pair-condition.js';
import { PairProbes } from './pair-probes.js';
import { PairRows } from './pair-rows.repository.js';
import { isPresent, type Pair, type PairMember, peerOf } from './pair.js';

/** Two masters are ended by order when they have stood for so long. */
const TWO_MASTERS_MS = 10_000;
/** How long a condition may stand before it is an alarm; those without a number never are. */
const ALARM_MS: Partial<Record<HaCondition, number>> = { 'two-masters': 0, 'no-master': 5_000, 'silent-peer': 15_000 };
/** Conditions that end an alarm. */
const CALM: ReadonlySet<HaCondition> = new Set(['whole', 'maintenance']);
/** While a pair is in trouble its members are asked how they stand, as long as that is fresh. */
const FRESH_MS = 60_000;

/** Judges pairs at each report and by the sweep: keeps their condition, raises alarms, and ends two masters. */
@Injectable()
export class PairWatch {
  constructor(
    private readonly database: Database,
    private readonly pairs: PairRows,
    private readonly commands: CommandRows,
    private readonly announcer: PairAnnouncer,
    private readonly probes: PairProbes,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Judges those pairs that time alone may have changed. Opens its own transactions. */
  async sweep(now = new Date()): Promise<void> {
    const scope = { tenantIds: await this.database.allTenantIds(), provider: false };
    for (const { clusterId, tenantId } of await this.database.run(scope, () => this.pairs.troubled())) {
      try {
        await this.database.run(scopeOfTenant(tenantId), async () => {
          const pair = await this.pairs.lock(clusterId);
          if (pair) await this.judge(pair, now);
        });
      } catch (error) {
        this.logger.warn('a pair could not be judged; the next sweep will', { clusterId, error: messageOf(error) });
      }
    }
  }

  /** Judges a pair that is held by the caller's transaction. */
  async judge(pair: Pair, now: Date): Promise<void> {
    const { condition, reason } = judgePair(pair);
    const isSame = condition === pair.condition;
    const stoodMs = isSame ? now.getTime() - pair.conditionSince.getTime() : 0;
    const isAlarmed = CALM.has(condition) ? false : pair.isAlarmed || stoodMs >= (ALARM_MS[condition] ?? Infinity);
    if (!isSame || reason !== pair.conditionReason || isAlarmed !== pair.isAlarmed)
      await this.pairs.saveCondition(pair.clusterId, condition, reason, isAlarmed);
    if (!isSame || reason !== pair.conditionReason) this.announcer.hint(pair);
    if (isAlarmed !== pair.isAlarmed) await this.alarm(pair, condition, reason, isAlarmed);
    await this.mend(pair, condition, stoodMs);
    if (condition !== 'whole' && (stoodMs < FRESH_MS || condition === 'two-masters'))
      this.probes.ask(
        pair.tenantId,
        pair.members.filter((member) => member.online).map(({ applianceId }) => applianceId),
      );
  }

  private async alarm(pair: Pair, condition: HaCondition, reason: string, isRaised: boolean): Promise<void> {
    const fields = { clusterId: pair.clusterId, tenantId: pair.tenantId, condition, reason };
    this.logger.warn(isRaised ? 'a pair is in trouble' : 'a pair is out of trouble', fields);
    const action = isRaised ? 'ha.alarm' : 'ha.alarm-over';
    await this.announcer.record(pair, action, { alarm: isRaised ? condition : pair.condition, reason }, 'system');
  }

  /** Ends two masters that have stood too long, and takes that back when the pair is whole again. */
  private async mend(pair: Pair, condition: HaCondition, stoodMs: number): Promise<void> {
    const lower = pair.members[1]!;
    if (condition === 'two-masters' && stoodMs >= TWO_MASTERS_MS && lower.order !== 'demoted')
      return this.order(
        pair,
        lower,
        'demoted',
        `both were master for ${Math.round(stoodMs / 1000)} s; the one of the lower priority gives way`,
      );
    const demoted = pair.members.find((member) => member.order === 'demoted');
    if (!demoted || demoted.status?.state === 'master') return;
    const peer = peerOf(pair, demoted);
    if (!isPresent(peer, 'master')) return this.order(pair, demoted, 'normal', `${peer.name} is no longer master`);
    // It obeys, and hears the other: the way between them is open again.
    if (demoted.status?.order === 'demoted' && hearsPeer(pair, demoted))
      await this.order(pair, demoted, 'normal', `it hears ${peer.name} again`);
  }

  private async order(pair: Pair, { applianceId, name }: PairMember, order: 'demoted' | 'normal', reason: string): Promise<void> {
    const commandId = randomUUID();
    const kind = order === 'demoted' ? 'demote' : 'normal';
    await this.pairs.saveOrders([{ applianceId, order, commandId }]);
    await this.commands.add(pair.clusterId, pair.tenantId, { id: commandId, kind, applianceId, by: 'system', reason });
    await this.announcer.record(pair, `ha.${kind}`, { commandId, applianceId, reason }, 'system');
    await this.announcer.intent(pair, [applianceId]);
    this.logger.warn('a member of a pair was ordered', { clusterId: pair.clusterId, applianceId, name, order, reason });
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WorkQueue } from '../../platform/queue/work-queue.js';
import { type IncomingReport, ReportListeners } from '../desired-state/index.js';
import { FlapAlarm } from './flap-alarm.js';
import { PairRows } from './pair-rows.repository.js';
import { PairWatch } from './pair-watch.js';

const SWEEP_MS = 1_000;

/** Takes what members of pairs report of their part, and has the pair judged at once. */
@Injectable()
export class PairReports implements OnModuleInit {
  constructor(
    private readonly pairs: PairRows,
    private readonly watch: PairWatch,
    private readonly flaps: FlapAlarm,
    private readonly listeners: ReportListeners,
    private readonly work: WorkQueue,
  ) {}

  onModuleInit(): void {
    this.listeners.whenAccepted((report) => this.take(report));
    this.work.every('ha.watch', SWEEP_MS, () => this.watch.sweep());
  }

  /** In the transaction in which the report is taken. */
  private async take({ applianceId, reported, receivedAt }: IncomingReport): Promise<void> {
    const clusterId = await this.pairs.clusterOf(applianceId);
    if (clusterId === null) return;
    const before = await this.pairs.lock(clusterId);
    const member = before?.members.find((candidate) => candidate.applianceId === applianceId);
    if (!before || !member) return;
    // Of a pair that it was in before: not this one's.
    const status = reported.ha?.clusterId === clusterId ? reported.ha : null;
    await this.pairs.saveStatus(applianceId, status, receivedAt);
    const pair = (await this.pairs.find(clusterId))!;
    // The box speaks, whatever its link's own state is being found to be.
    const members = pair.members.map((one) => (one.applianceId === applianceId ? { ...one, online: true } : one));
    await this.watch.judge({ ...pair, members }, receivedAt);
    if (status?.state === 'master' && member.status?.state !== 'master') await this.flaps.look(pair);
  }
}

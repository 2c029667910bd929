import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { haCommandResultSchema, haCommandSchema } from '@phalanx/contracts';
import type { z } from 'zod';
import { ClusterService } from '../tenants/index.js';
import { CommandRows } from './command-rows.repository.js';
import { haRefused, noPair, notOfPair } from './ha.errors.js';
import { PairAnnouncer } from './pair-announcer.js';
import { judgePair } from './pair-condition.js';
import { type Ordered, PairRows } from './pair-rows.repository.js';
import { isPresent, type Pair, type PairMember, peerOf } from './pair.js';

type Command = z.output<typeof haCommandSchema>;
type Result = z.output<typeof haCommandResultSchema>;
type Order = Pick<Ordered, 'applianceId' | 'order'>;

/** Turns what operators ask of a pair into desired state, or says why the pair could not survive it. In the transaction of the caller. */
@Injectable()
export class PairCommands {
  constructor(
    private readonly pairs: PairRows,
    private readonly commands: CommandRows,
    private readonly clusters: ClusterService,
    private readonly announcer: PairAnnouncer,
  ) {}

  /** Throws `conflict` with code `ha.refused` and the reason in words. */
  async command(clusterId: string, command: Command): Promise<Result> {
    await this.clusters.get(clusterId);
    const pair = await this.pairs.lock(clusterId);
    if (!pair) throw noPair();
    const target = 'applianceId' in command ? pair.members.find((member) => member.applianceId === command.applianceId) : null;
    if (target === undefined) throw notOfPair();
    const orders = ordersOf(pair, command.kind, target);
    const commandId = randomUUID();
    const by = this.announcer.author();
    const { kind, reason } = command;
    await this.pairs.saveOrders(orders.map((order) => ({ ...order, commandId })));
    await this.commands.add(clusterId, pair.tenantId, { id: commandId, kind, applianceId: target?.applianceId ?? null, by, reason });
    await this.announcer.record(pair, `ha.${kind}`, { commandId, reason, orders });
    await this.announcer.intent(
      pair,
      orders.map(({ applianceId }) => applianceId),
    );
    return { commandId, orders };
  }
}

function ordersOf(pair: Pair, kind: Command['kind'], target: PairMember | null): Order[] {
  switch (kind) {
    case 'failover':
      return handOver(pair, masterOf(pair));
    case 'fail-back': {
      const master = masterOf(pair);
      const [preferred] = pair.members as readonly [PairMember, PairMember];
      if (master === preferred) throw haRefused(`${preferred.name} has the higher priority and is master already`);
      return handOver(pair, master);
    }
    case 'maintenance':
      return intoMaintenance(pair, target!);
    case 'normal':
      if (target!.order === 'normal') throw haRefused(`${target!.name} takes part as usual already`);
      if (target!.order === 'demoted') throw haRefused(`${target!.name} is brought back by itself as soon as the pair is whole`);
      return [{ applianceId: target!.applianceId, order: 'normal' }];
  }
}

function masterOf(pair: Pair): PairMember {
  const { condition, reason } = judgePair(pair);
  if (condition === 'two-masters') throw haRefused(`${reason}; that is ended first`);
  const master = pair.members.find((member) => isPresent(member, 'master'));
  if (!master) throw haRefused(`no member that is in reach holds the addresses: ${reason}`);
  return master;
}

/** The master yields once; the other takes part as usual, whatever it yielded to before. */
function handOver(pair: Pair, master: PairMember): Order[] {
  const peer = peerOf(pair, master);
  assertCanServe(peer);
  if (!isPresent(peer, 'backup')) throw haRefused(`${peer.name} is ${peer.status?.state ?? 'unknown'}: it would not take the addresses`);
  return [
    { applianceId: master.applianceId, order: 'yield' },
    { applianceId: peer.applianceId, order: 'normal' },
  ];
}

function intoMaintenance(pair: Pair, target: PairMember): Order[] {
  if (target.order === 'maintenance') throw haRefused(`${target.name} is in maintenance already`);
  const peer = peerOf(pair, target);
  assertCanServe(peer);
  if (!isPresent(peer, 'master') && !isPresent(peer, 'backup'))
    throw haRefused(`${peer.name} is ${peer.status?.state ?? 'unknown'}: without ${target.name} nobody would hold the addresses`);
  return [{ applianceId: target.applianceId, order: 'maintenance' }];
}

/** Throws where the member can't be alone with the addresses. */
function assertCanServe({ name, online, status, order }: PairMember): void {
  if (order === 'maintenance') throw haRefused(`${name} is in maintenance: bring it back first`);
  if (order === 'demoted') throw haRefused(`${name} was demoted because both were master; the pair is not whole again`);
  if (!online) throw haRefused(`${name} is out of reach: nobody knows whether it would take the addresses`);
  if (!status) throw haRefused(`${name} has not reported its part in the pair yet`);
  if (!status.engineHealthy) throw haRefused(`the engine of ${name} is not healthy`);
}

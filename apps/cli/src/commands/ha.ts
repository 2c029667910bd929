import type { HaTimelineItem, HaView } from '@phalanx/contracts';
import type { Command } from 'commander';
import { type OutputFormat, print } from '../output/print.js';
import { printable, renderTable } from '../output/table.js';
import { RESOURCES } from '../resources.js';
import type { ApiClient } from '../session/api-client.js';
import { openClient, outputOption, resourceId, tenantId, tenantOption } from './context.js';

interface Place {
  readonly tenant?: string;
  readonly output: OutputFormat;
}
interface Ordered {
  readonly commandId: string;
  readonly orders: readonly { readonly applianceId: string; readonly order: string }[];
}

async function pathOf(api: ApiClient, cluster: string, tenant: string | undefined): Promise<string> {
  const owner = tenant === undefined ? undefined : await tenantId(api, tenant);
  return `/api/v1/clusters/${await resourceId(api, RESOURCES.clusters, cluster, owner)}/ha`;
}

/** A pair as a person reads it: how it stands, then each member. */
export function describePair(pair: HaView): string {
  const { settings, condition, conditionReason, conditionSince, members } = pair;
  const addresses = settings.virtualAddresses.map(({ address }) => address).join(', ');
  const head = [
    `${condition}: ${conditionReason} (since ${conditionSince})`,
    `${addresses}; virtual router ${settings.vrid}, every ${settings.advertMs} ms, ${settings.preempt ? 'preempting' : 'not preempting'}`,
  ];
  const table = renderTable(members, [
    { title: 'MEMBER', value: (item) => item.name },
    { title: 'ADDRESS', value: (item) => item.address },
    { title: 'PRIORITY', value: (item) => item.priority },
    { title: 'ONLINE', value: (item) => (item.online ? 'online' : 'offline') },
    { title: 'STATE', value: (item) => item.status?.state },
    { title: 'WHY', value: (item) => item.status?.cause },
    { title: 'SINCE', value: (item) => item.status?.since },
    { title: 'ORDER', value: (item) => item.order },
    { title: 'ENGINE', value: (item) => item.status && (item.status.engineHealthy ? 'healthy' : 'ill') },
    { title: 'SYNC', value: (item) => item.status?.sync },
  ]);
  return [...head.map(printable), table].join('\n');
}

async function show(cluster: string, { tenant, output }: Place): Promise<void> {
  const api = openClient();
  const { body } = await api.get<HaView>(await pathOf(api, cluster, tenant));
  print(output, body, () => describePair(body));
}

async function timeline(cluster: string, { tenant, output, limit }: Place & { readonly limit: string }): Promise<void> {
  const api = openClient();
  const items = await api.list<HaTimelineItem>(`${await pathOf(api, cluster, tenant)}/timeline`, Number(limit));
  print(output, items, () =>
    renderTable(items, [
      { title: 'AT', value: (item) => item.at },
      { title: '±MS', value: (item) => Math.round(item.uncertaintyMs) },
      { title: 'KIND', value: (item) => item.kind },
      { title: 'PLANNED', value: (item) => (item.planned ? 'planned' : 'unplanned') },
      { title: 'GAP MS', value: (item) => item.gapMs && Math.round(item.gapMs) },
      { title: 'WHAT', value: (item) => item.message },
    ]),
  );
}

interface CommandOptions extends Place {
  readonly reason: string;
}

async function order(
  cluster: string,
  body: { readonly kind: string; readonly appliance?: string },
  options: CommandOptions,
): Promise<void> {
  const { kind, appliance } = body;
  const { tenant, output, reason } = options;
  const api = openClient();
  const path = await pathOf(api, cluster, tenant);
  const owner = tenant === undefined ? undefined : await tenantId(api, tenant);
  const target = appliance === undefined ? {} : { applianceId: await resourceId(api, RESOURCES.appliances, appliance, owner) };
  const answer = (await api.send<Ordered>('POST', `${path}/commands`, { kind, reason, ...target })).body;
  const names = new Map((await api.get<HaView>(path)).body.members.map(({ applianceId, name }) => [applianceId, name]));
  print(output, answer, () =>
    answer.orders.map((one) => printable(`${names.get(one.applianceId) ?? one.applianceId}: ${one.order}`)).join('\n'),
  );
}

export function addHaCommands(program: Command): void {
  const ha = program.command('ha').description('pairs that take over for each other');
  ha.command('show <cluster>').description('how a pair stands').addOption(tenantOption()).addOption(outputOption()).action(show);
  ha.command('timeline <cluster>')
    .description('what happened to a pair, newest first')
    .option('--limit <n>', 'most items', '50')
    .addOption(tenantOption())
    .addOption(outputOption())
    .action(timeline);
  const commands = [
    ['failover', 'move the addresses to the other member'],
    ['fail-back', 'move the addresses to the member of the higher priority'],
  ] as const;
  for (const [kind, description] of commands)
    ha.command(`${kind} <cluster>`)
      .description(description)
      .requiredOption('--reason <text>', 'why, for the timeline')
      .addOption(tenantOption())
      .addOption(outputOption())
      .action((cluster: string, options: CommandOptions) => order(cluster, { kind }, options));
  const ofMembers = [
    ['maintenance', 'take a member out'],
    ['normal', 'have a member take part as usual again'],
  ] as const;
  for (const [kind, description] of ofMembers)
    ha.command(`${kind} <cluster> <appliance>`)
      .description(description)
      .requiredOption('--reason <text>', 'why, for the timeline')
      .addOption(tenantOption())
      .addOption(outputOption())
      .action((cluster: string, appliance: string, options: CommandOptions) => order(cluster, { kind, appliance }, options));
}

import type { blockCreateResultSchema, BlockProofView, BlockView } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import type { Command } from 'commander';
import type { z } from 'zod';
import { type OutputFormat, print } from '../output/print.js';
import { type Column, renderTable } from '../output/table.js';
import { RESOURCES } from '../resources.js';
import { openClient, outputOption, resourceId, tenantId, tenantOption } from './context.js';
import { readFileArgument } from './file-argument.js';

type Created = z.infer<typeof blockCreateResultSchema>;
interface Place {
  readonly tenant?: string;
  readonly output: OutputFormat;
}

const UNIT_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of `90s`, `15m`, `2h` or `7d`. Throws `invalid`. */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (!amount) throw new AppError('invalid', 'cli.bad-duration', `${text} is no duration; write 90s, 15m, 2h or 7d`);
  return Number(amount) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
}

/** One address a line; what follows a `#` is left out. */
export function parseAddresses(text: string): string[] {
  return text.split('\n').flatMap((line) => line.split('#')[0]!.trim() || []);
}

interface AddOptions extends Place {
  readonly reason: string;
  readonly file?: string;
  readonly cluster?: string;
  readonly allTenants?: boolean;
  readonly for?: string;
}

async function add(given: string[], options: AddOptions): Promise<void> {
  const addresses = options.file === undefined ? given : [...given, ...parseAddresses(readFileArgument(options.file))];
  if (addresses.length === 0) throw new AppError('invalid', 'cli.no-address', 'name at least one address, or a file of them');
  const isEverywhere = options.allTenants === true;
  if (!options.tenant && !options.cluster && !isEverywhere)
    throw new AppError('invalid', 'cli.no-place', 'say where: --tenant, --cluster or --all-tenants');
  const api = openClient();
  const owner = options.tenant === undefined ? null : await tenantId(api, options.tenant);
  const clusterId = options.cluster === undefined ? null : await resourceId(api, RESOURCES.clusters, options.cluster, owner ?? undefined);
  const expiresInSeconds = options.for === undefined ? null : parseDuration(options.for);
  const body = { tenantId: owner, clusterId, addresses, reason: options.reason, expiresInSeconds };
  const created = (await api.send<Created>('POST', '/api/v1/blocks', body)).body;
  print(options.output, created, () => {
    const id = created.ids.length === 1 ? ` (${created.ids[0]})` : '';
    return `${created.created} blocked, ${created.updated} moved their expiry${id}; ${created.boxes} boxes are told`;
  });
}

async function list({ tenant, output, address, limit }: Place & { readonly address?: string; readonly limit: string }): Promise<void> {
  const api = openClient();
  const query = new URLSearchParams();
  if (tenant) query.set('tenantId', await tenantId(api, tenant));
  if (address) query.set('address', address);
  const items = await api.list<BlockView>(`/api/v1/blocks?${query}`, Number(limit));
  print(output, items, () =>
    items.length === 0 ? 'no blocks' : renderTable(items, RESOURCES.blocks.columns as readonly Column<unknown>[]),
  );
}

async function remove(id: string): Promise<void> {
  await openClient().send('DELETE', `/api/v1/blocks/${id}`);
  console.log(`${id} is taken back`);
}

async function release(
  address: string,
  options: { readonly tenant: string; readonly reason: string; readonly for: string },
): Promise<void> {
  const api = openClient();
  const body = { tenantId: await tenantId(api, options.tenant), address, reason: options.reason, forSeconds: parseDuration(options.for) };
  await api.send('POST', '/api/v1/blocks/release', body);
  console.log(`${address} is lifted everywhere and kept free for ${options.for}`);
}

async function proof(id: string, { output }: { readonly output: OutputFormat }): Promise<void> {
  const { body } = await openClient().get<BlockProofView>(`/api/v1/blocks/${id}/proof`);
  print(output, body, () =>
    renderTable(body.items, [
      { title: 'BOX', value: (item) => item.name },
      { title: 'STATE', value: (item) => item.state },
      { title: 'READ BACK', value: (item) => item.provenAt },
      { title: 'WHY', value: (item) => item.reason },
    ]),
  );
}

export function addBlocksCommands(program: Command): void {
  const blocks = program.command('blocks').description('addresses that the fleet’s packet engines refuse');
  blocks
    .command('add [addresses...]')
    .description('block addresses or networks')
    .requiredOption('--reason <text>', 'why')
    .option('-f, --file <file>', 'one address a line, or - for standard input')
    .option('--cluster <id|name>', 'only on this cluster’s boxes')
    .option('--all-tenants', 'on the boxes of every tenant that you may block for')
    .option('--for <duration>', 'until then, for example 15m, 2h or 7d; for ever unless given')
    .addOption(tenantOption())
    .addOption(outputOption())
    .action(add);
  blocks
    .command('list')
    .description('blocked addresses, newest first')
    .option('--address <text>', 'an address (also found in blocked networks), a network, or how one begins')
    .option('--limit <n>', 'most items', '500')
    .addOption(tenantOption())
    .addOption(outputOption())
    .action(list);
  blocks.command('remove <id>').description('take a block back').action(remove);
  blocks
    .command('release <address>')
    .description('lift an address on every box of a tenant and keep it free')
    .requiredOption('--tenant <id|slug>', 'whose boxes')
    .requiredOption('--reason <text>', 'why')
    .option('--for <duration>', 'how long it stays free', '1h')
    .action(release);
  blocks.command('proof <id>').description('which boxes have it in their kernel, as read back').addOption(outputOption()).action(proof);
}

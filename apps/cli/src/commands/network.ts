import type { NetworkVersionView, NetworkWriteResult } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { type NetworkFile, parseNetworkFile, policyOf } from '../network-file.js';
import { type OutputFormat, print } from '../output/print.js';
import { printable, renderTable } from '../output/table.js';
import { RESOURCES } from '../resources.js';
import type { ApiClient } from '../session/api-client.js';
import { openClient, outputOption, resourceId, tenantId, tenantOption } from './context.js';
import { readFileArgument } from './file-argument.js';

interface Place {
  readonly tenant?: string;
  readonly output: OutputFormat;
}

const value = (item: unknown): string => (item === null || item === undefined ? '(nothing)' : printable(JSON.stringify(item)));

/** A change as a person reads it: what is wrong or odd first, then what changes, then where. */
export function describeNetworkChange({ changes, findings, affected }: NetworkWriteResult): string {
  const found = findings.map(({ severity, path, message }) => printable(`${severity}: ${path}: ${message}`));
  if (changes.length === 0) return [...found, 'nothing changes'].join('\n');
  const lines = changes.flatMap(({ path, from, to }) => [`  ${printable(path)}`, `-   ${value(from)}`, `+   ${value(to)}`]);
  const boxes = affected.map(({ name }) => printable(name)).join(', ');
  return [...found, ...lines, `reaches ${affected.length} ${affected.length === 1 ? 'box' : 'boxes'}: ${boxes}`].join('\n');
}

async function pathOf(api: ApiClient, cluster: string, tenant: string | undefined): Promise<string> {
  const owner = tenant === undefined ? undefined : await tenantId(api, tenant);
  return `/api/v1/clusters/${await resourceId(api, RESOURCES.clusters, cluster, owner)}/network`;
}

/** What is in force, or null with the entity tag that a first version is written with. */
async function present(api: ApiClient, path: string): Promise<{ readonly body: NetworkVersionView | null; readonly etag: string }> {
  try {
    const { body, etag } = await api.get<NetworkVersionView>(path);
    return { body, etag: etag ?? '"0"' };
  } catch (error) {
    if (error instanceof AppError && error.code === 'network.none') return { body: null, etag: '"0"' };
    throw error;
  }
}

async function bodyOf(api: ApiClient, file: NetworkFile, before: NetworkVersionView | null): Promise<object> {
  const owner = file.tenant === undefined ? undefined : await tenantId(api, file.tenant);
  const members = await Promise.all(
    file.members.map(async ({ appliance, network }) => ({
      applianceId: await resourceId(api, RESOURCES.appliances, appliance, owner),
      network,
    })),
  );
  return { policy: policyOf(file, before), members, comment: file.comment };
}

/** Always looks first; writes only where that found nothing wrong. */
async function apply(options: { readonly file: string; readonly dryRun?: boolean; readonly output: OutputFormat }): Promise<void> {
  const file = parseNetworkFile(readFileArgument(options.file), options.file);
  const api = openClient();
  const path = await pathOf(api, file.cluster, file.tenant);
  const before = await present(api, path);
  const body = await bodyOf(api, file, before.body);
  // Written against the version that was looked at: who changed it meanwhile is not overwritten.
  const ifMatch = { 'if-match': before.etag };
  const preview = (await api.send<NetworkWriteResult>('PUT', `${path}?dryRun=true`, body, ifMatch)).body;
  const isWrong = preview.findings.some(({ severity }) => severity === 'error');
  const isDone = options.dryRun === true || preview.changes.length === 0 || isWrong;
  const result = isDone ? preview : (await api.send<NetworkWriteResult>('PUT', path, body, ifMatch)).body;
  print(options.output, result, () => {
    if (result.changes.length === 0 || isWrong) return describeNetworkChange(result);
    return `${describeNetworkChange(result)}\n${options.dryRun ? 'dry run: nothing was changed' : `applied as version ${result.network?.version}`}`;
  });
  if (isWrong && !options.dryRun) throw new AppError('invalid', 'cli.network-refused', 'nothing was written: see the errors above');
}

async function show(cluster: string, { tenant, output }: Place): Promise<void> {
  const api = openClient();
  const { body } = await api.get<NetworkVersionView>(await pathOf(api, cluster, tenant));
  print(output, body, () => stringify(body).trimEnd());
}

async function versions(cluster: string, { tenant, output }: Place): Promise<void> {
  const api = openClient();
  const items = await api.list<NetworkVersionView>(`${await pathOf(api, cluster, tenant)}/versions`, 500);
  print(output, items, () =>
    renderTable(items, [
      { title: 'VERSION', value: (item) => item.version },
      { title: 'DIGEST', value: (item) => item.digest.slice(0, 12) },
      { title: 'RULES', value: (item) => item.policy.rules.length },
      { title: 'BY', value: (item) => item.createdBy },
      { title: 'AT', value: (item) => item.createdAt },
      { title: 'COMMENT', value: (item) => item.comment },
    ]),
  );
}

async function revert(cluster: string, version: string, { tenant, output, comment }: Place & { readonly comment: string }): Promise<void> {
  const api = openClient();
  const path = await pathOf(api, cluster, tenant);
  const { etag } = await present(api, path);
  const { body } = await api.send<NetworkWriteResult>(
    'POST',
    `${path}/revert`,
    { version: Number(version), comment },
    { 'if-match': etag },
  );
  print(output, body, () => `${describeNetworkChange(body)}\napplied as version ${body.network?.version}`);
}

export function addNetworkCommands(program: Command): void {
  const network = program.command('network').description('the packet engine of a cluster’s boxes');
  network.command('show <cluster>').description('the policy in force').addOption(tenantOption()).addOption(outputOption()).action(show);
  network
    .command('apply')
    .description('write a policy from a file, showing what it changes')
    .requiredOption('-f, --file <file>', 'YAML file, or - for standard input')
    .option('--dry-run', 'only show what would change')
    .addOption(outputOption())
    .action(apply);
  network
    .command('diff')
    .description('show what a file would change, and what is wrong with it')
    .requiredOption('-f, --file <file>', 'YAML file, or - for standard input')
    .addOption(outputOption())
    .action((options: { readonly file: string; readonly output: OutputFormat }) => apply({ ...options, dryRun: true }));
  network
    .command('versions <cluster>')
    .description('all versions, newest first')
    .addOption(tenantOption())
    .addOption(outputOption())
    .action(versions);
  network
    .command('revert <cluster> <version>')
    .description('write an old version anew')
    .option('--comment <text>', 'why', '')
    .addOption(tenantOption())
    .addOption(outputOption())
    .action(revert);
}

import { Argument, type Command } from 'commander';
import { stringify } from 'yaml';
import { type OutputFormat, print } from '../output/print.js';
import { type Column, renderTable } from '../output/table.js';
import { RESOURCE_NAMES, type Resource, type ResourceName, RESOURCES } from '../resources.js';
import { openClient, outputOption, resourceId, tenantId } from './context.js';

interface ListOptions {
  readonly output: OutputFormat;
  readonly tenant?: string;
  readonly limit: string;
  readonly filter: readonly string[];
}

const kindArgument = () => new Argument('<kind>', 'kind of thing').choices(RESOURCE_NAMES);

async function list(kind: ResourceName, options: ListOptions): Promise<void> {
  const resource: Resource = RESOURCES[kind];
  const api = openClient();
  const query = new URLSearchParams();
  if (options.tenant && resource.byTenant) query.set('tenantId', await tenantId(api, options.tenant));
  for (const pair of options.filter) {
    const [name, ...value] = pair.split('=');
    query.append(name!, value.join('='));
  }
  const items = await api.list<unknown>(`/api/v1/${resource.path}${query.size > 0 ? `?${query}` : ''}`, Number(options.limit));
  print(options.output, items, () =>
    items.length === 0 ? `no ${kind}` : renderTable(items, resource.columns as readonly Column<unknown>[]),
  );
}

async function show(kind: ResourceName, name: string, options: { output: OutputFormat; tenant?: string }): Promise<void> {
  const resource: Resource = RESOURCES[kind];
  const api = openClient();
  const tenant = options.tenant ? await tenantId(api, options.tenant) : undefined;
  const id = await resourceId(api, resource, name, tenant);
  const { body } = await api.get<object>(`/api/v1/${resource.path}/${id}`);
  // What a box runs is what one asks of it: desired, sent and applied are shown with it.
  const data = kind === 'appliances' ? { ...body, state: (await api.get<object>(`/api/v1/appliances/${id}/state`)).body } : body;
  print(options.output, data, () => stringify(data).trimEnd());
}

export function addListCommands(program: Command): void {
  program
    .command('list')
    .description('list things of one kind')
    .addArgument(kindArgument())
    .addOption(outputOption())
    .option('--tenant <id|slug>', 'only of this tenant')
    .option('--limit <n>', 'most items', '500')
    .option('--filter <name=value>', 'a filter of the list’s query, repeatable', (value: string, all: string[]) => [...all, value], [])
    .action(list);
  program
    .command('show')
    .description('show one thing, by id or name')
    .addArgument(kindArgument())
    .argument('<name>', 'id or name')
    .addOption(outputOption())
    .option('--tenant <id|slug>', 'where the name is looked up')
    .action(show);
}

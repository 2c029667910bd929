import type { ApplianceStateView, FacetView } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import type { Command } from 'commander';
import { type OutputFormat, print } from '../output/print.js';
import { printable } from '../output/table.js';
import { RESOURCES } from '../resources.js';
import type { ApiClient } from '../session/api-client.js';
import { openClient, outputOption, resourceId, tenantId, tenantOption } from './context.js';

interface Place {
  readonly tenant?: string;
  readonly output: OutputFormat;
}

async function drifted(
  api: ApiClient,
  appliance: string,
  tenant: string | undefined,
): Promise<{ readonly id: string; readonly facets: FacetView[] }> {
  const owner = tenant === undefined ? undefined : await tenantId(api, tenant);
  const id = await resourceId(api, RESOURCES.appliances, appliance, owner);
  const { body } = await api.get<ApplianceStateView>(`/api/v1/appliances/${id}/state`);
  return { id, facets: body.facets.filter((facet) => facet.state === 'drifted') };
}

/** Facets that drifted, each with its difference. */
export function describeDrift(facets: readonly FacetView[]): string {
  if (facets.length === 0) return 'nothing drifted';
  return facets
    .map(({ facet, reason, ignored, diff }) => {
      const word = ignored ? ` (ignored by ${ignored.by} at ${ignored.at})` : '';
      const lines = diff === null ? [] : diff.trimEnd().split('\n').map(printable);
      return [printable(`${facet}: ${reason}${word}`), ...lines].join('\n');
    })
    .join('\n\n');
}

async function show(appliance: string, { tenant, output }: Place): Promise<void> {
  const { facets } = await drifted(openClient(), appliance, tenant);
  print(output, facets, () => describeDrift(facets));
}

/** Decides about exactly what is looked at now: drift that changes meanwhile is refused by the controller. */
async function decide(decision: string, appliance: string, facet: string, tenant: string | undefined): Promise<void> {
  const api = openClient();
  const { id, facets } = await drifted(api, appliance, tenant);
  const found = facets.find((item) => item.facet === facet);
  if (!found) throw new AppError('conflict', 'cli.not-drifted', `the facet ${facet} of ${appliance} has not drifted`);
  await api.send('POST', `/api/v1/appliances/${id}/drift`, { facet, decision, renderedDigest: found.renderedDigest });
  console.log(describeDrift([found]));
}

export function addDriftCommands(program: Command): void {
  const drift = program.command('drift').description('what runs on a box otherwise than it was applied');
  drift
    .command('show <appliance>')
    .description('facets that drifted, with their difference')
    .addOption(tenantOption())
    .addOption(outputOption())
    .action(show);
  const decisions = [
    ['revert', 'have the box apply its desired state anew'],
    ['ignore', 'silence exactly this difference until it changes'],
    ['adopt', 'take what was found as intended, where that can be said'],
  ] as const;
  for (const [decision, description] of decisions)
    drift
      .command(`${decision} <appliance> <facet>`)
      .description(description)
      .addOption(tenantOption())
      .action((appliance: string, facet: string, { tenant }: { readonly tenant?: string }) => decide(decision, appliance, facet, tenant));
}

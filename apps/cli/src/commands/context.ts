import { AppError } from '@phalanx/kit';
import { Option } from 'commander';
import type { TenantView } from '@phalanx/contracts';
import { uuidSchema } from '@phalanx/contracts';
import { readCliEnvironment } from '../cli.config.js';
import { OUTPUT_FORMATS } from '../output/print.js';
import type { Resource } from '../resources.js';
import { ApiClient } from '../session/api-client.js';
import { CredentialStore, resolveLogin } from '../session/credentials.js';

/** Most items that a look-up by name goes through. */
const LOOK_UP_LIMIT = 10_000;

export function openStore(): CredentialStore {
  return new CredentialStore(readCliEnvironment().configFolder);
}

/** A client for the controller that the environment or the stored login names. */
export function openClient(): ApiClient {
  return new ApiClient(resolveLogin(readCliEnvironment(), openStore()));
}

/** The id of a tenant given by id or slug. Throws `not-found` naming it. */
export async function tenantId(api: ApiClient, idOrSlug: string): Promise<string> {
  if (uuidSchema.safeParse(idOrSlug).success) return idOrSlug;
  const found = (await api.list<TenantView>('/api/v1/tenants', LOOK_UP_LIMIT)).find((tenant) => tenant.slug === idOrSlug);
  if (!found) throw new AppError('not-found', 'cli.no-tenant', `there is no tenant ${idOrSlug}`);
  return found.id;
}

/** The id of a thing given by id or by name; a name that several bear is refused. */
export async function resourceId(api: ApiClient, kind: Resource, idOrName: string, tenant?: string): Promise<string> {
  if (uuidSchema.safeParse(idOrName).success) return idOrName;
  const query = tenant && kind.byTenant ? `?tenantId=${tenant}` : '';
  const nameOf = kind.nameOf as (item: unknown) => string;
  const found = (await api.list<{ id: string }>(`/api/v1/${kind.path}${query}`, LOOK_UP_LIMIT)).filter((item) => nameOf(item) === idOrName);
  if (found.length === 0) throw new AppError('not-found', 'cli.no-such', `there is no ${idOrName} among the ${kind.path}`);
  if (found.length > 1)
    throw new AppError(
      'conflict',
      'cli.ambiguous',
      `${found.length} of the ${kind.path} are named ${idOrName}; give the tenant or an id: ${found.map((item) => item.id).join(', ')}`,
    );
  return found[0]!.id;
}

/** `-o`, as every command that prints has it. */
export function outputOption(): Option {
  return new Option('-o, --output <format>', 'how to print').choices([...OUTPUT_FORMATS]).default('table');
}

/** `--tenant`, for commands whose names may be given in several tenants. */
export function tenantOption(): Option {
  return new Option('--tenant <id|slug>', 'where names are looked up');
}

import { DEFAULT_NETWORK_POLICY } from '@phalanx/contracts';
import type { ApplianceView, ApplicationView, ClaimCreated, ClusterView, SiteView, TenantView } from '@phalanx/contracts';
import type { RestClient } from '@phalanx/testing';
import type { AnyEndpoint } from '../platform/http/endpoint.js';

export interface SeededTenant {
  readonly tenantId: string;
  /** One id of each kind of thing that the tenant has. */
  readonly ids: {
    readonly tenant: string;
    readonly site: string;
    readonly cluster: string;
    readonly appliance: string;
    readonly application: string;
    readonly claim: string;
    readonly block: string;
  };
}

export interface Seed {
  readonly a: SeededTenant;
  readonly b: SeededTenant;
  /** A body that a route would take if its caller had the right; undefined where none was thought of. */
  bodyFor(spec: AnyEndpoint, tenant: SeededTenant): unknown;
}

async function seedTenant(api: RestClient, slug: string, port: number): Promise<SeededTenant> {
  const tenant = await api.post<TenantView>('/api/v1/tenants', { name: `Tenant ${slug}`, slug });
  const site = await api.post<SiteView>('/api/v1/sites', { tenantId: tenant.id, name: 'Site', timeZone: 'Asia/Seoul' });
  const cluster = await api.post<ClusterView>('/api/v1/clusters', { siteId: site.id, name: 'Cluster', kind: 'single' });
  const appliance = await api.post<ApplianceView>('/api/v1/appliances', {
    clusterId: cluster.id,
    name: `box-${slug}`,
    listenAddresses: ['127.0.0.1'],
  });
  const application = await api.post<ApplicationView>('/api/v1/applications', {
    clusterId: cluster.id,
    name: `App ${slug}`,
    hosts: ['*'],
    listenPort: port,
    upstream: { protocol: 'http', targets: [{ host: '127.0.0.1', port: 9 }] },
  });
  const claim = await api.post<ClaimCreated>(`/api/v1/appliances/${appliance.id}/claims`, { validMinutes: 5 });
  const blocked = await api.post<{ ids: [string] }>('/api/v1/blocks', {
    tenantId: tenant.id,
    addresses: ['203.0.113.9'],
    reason: 'a seed',
    expiresInSeconds: null,
  });
  const network = { policy: DEFAULT_NETWORK_POLICY, members: [] };
  await api.ok('PUT', `/api/v1/clusters/${cluster.id}/network`, network, { 'if-match': '"0"' });
  return {
    tenantId: tenant.id,
    ids: {
      tenant: tenant.id,
      site: site.id,
      cluster: cluster.id,
      appliance: appliance.id,
      application: application.id,
      claim: claim.id,
      block: blocked.ids[0],
    },
  };
}

const BODIES: Readonly<Record<string, (tenant: SeededTenant) => unknown>> = {
  'PATCH /api/v1/tenants/:id': () => ({ name: 'Taken over' }),
  'PATCH /api/v1/sites/:id': () => ({ name: 'Taken over' }),
  'PATCH /api/v1/clusters/:id': () => ({ name: 'Taken over' }),
  'PATCH /api/v1/appliances/:id': () => ({ name: 'Taken over' }),
  'PATCH /api/v1/applications/:id': () => ({ name: 'Taken over' }),
  'PUT /api/v1/applications/:id/level': () => ({ level: 'learning' }),
  'PUT /api/v1/policies/tenants/:id': () => ({ document: { settings: { level: 'learning' }, locks: [] } }),
  'PUT /api/v1/policies/applications/:id': () => ({ document: { settings: { level: 'learning' }, locks: [] } }),
  'POST /api/v1/appliances/:id/claims': () => ({ validMinutes: 5 }),
  'POST /api/v1/appliances/:id/drift': () => ({ facet: 'network', decision: 'revert', renderedDigest: null }),
  'PUT /api/v1/clusters/:id/network': () => ({ policy: DEFAULT_NETWORK_POLICY, members: [] }),
  'POST /api/v1/clusters/:id/network/revert': () => ({ version: 1 }),
  'POST /api/v1/clusters/:id/ha/commands': () => ({ kind: 'failover', reason: 'mine' }),
};

/** Two tenants with one of everything each, made through the API. */
export async function seedTwoTenants(api: RestClient): Promise<Seed> {
  const [a, b] = [await seedTenant(api, 'a1', 18_081), await seedTenant(api, 'b2', 18_082)];
  return { a, b, bodyFor: (spec, tenant) => BODIES[`${spec.method} ${spec.path}`]?.(tenant) };
}

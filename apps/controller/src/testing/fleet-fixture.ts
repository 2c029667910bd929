import type { ApplianceView, ApplicationView, ClusterView, Problem, SiteView, TenantView } from '@phalanx/contracts';
import type { RestAnswer, RestClient } from '@phalanx/testing';
import pg from 'pg';
import { Envelope } from '../platform/crypto/envelope.js';
import { loadMasterKey } from '../platform/crypto/master-key.js';
import { appRoleUrl } from '../platform/db/app-role.js';
import type { TestController } from './start-controller.js';

export const PASSWORD = 'correct horse battery';

export interface TestFleet {
  readonly tenant: TenantView;
  readonly site: SiteView;
  readonly cluster: ClusterView;
  readonly appliance: ApplianceView;
}

/** A tenant with one site, one cluster of a kind and one appliance. */
export async function makeFleet(api: RestClient, slug: string, kind: 'single' | 'pair' = 'single'): Promise<TestFleet> {
  const tenant = await api.post<TenantView>('/api/v1/tenants', { name: `Tenant ${slug}`, slug });
  const site = await api.post<SiteView>('/api/v1/sites', { tenantId: tenant.id, name: 'Seoul', timeZone: 'Asia/Seoul' });
  const cluster = await api.post<ClusterView>('/api/v1/clusters', { siteId: site.id, name: 'edge', kind });
  const appliance = await api.post<ApplianceView>('/api/v1/appliances', {
    clusterId: cluster.id,
    name: `box-${slug}`,
    listenAddresses: ['127.0.0.1'],
  });
  return { tenant, site, cluster, appliance };
}

/** An application of a cluster that answers for one host. */
export function makeApplication(api: RestClient, clusterId: string, host: string, listenPort = 8080): Promise<ApplicationView> {
  return api.post<ApplicationView>('/api/v1/applications', {
    clusterId,
    name: host,
    hosts: [host],
    listenPort,
    upstream: { protocol: 'http', targets: [{ host: '127.0.0.1', port: 9000 }] },
  });
}

/** Status and code of an answer, for one expectation. */
export function outcomeOf(answer: RestAnswer): [number, string | null] {
  return [answer.status, answer.status < 400 ? null : answer.json<Problem>().code];
}

/** A connection of the owner, for what no part of the program may do. */
export async function connectAsOwner(controller: TestController): Promise<pg.Client> {
  return connected(controller.postgres.ownerUrl);
}

/** A connection of the application's role, without any scope set. */
export async function connectAsApplication(controller: TestController): Promise<pg.Client> {
  return connected(appRoleUrl(controller.postgres.ownerUrl, new Envelope(loadMasterKey(controller.home, undefined))));
}

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

import type { ApplianceView, ApplicationView, ClaimCreated, ClusterView, Level, PackView, SiteView, TenantView } from '@phalanx/contracts';
import { crsPack, debianCrs } from '../demo/crs-pack.js';
import type { LabNamespace } from '../lab/lab-namespace.js';
import { freePort } from '../net/free-port.js';
import { waitUntil } from '../processes/wait-until.js';
import type { RestClient } from '../rest/rest-client.js';
import type { Box } from './box.js';
import type { Stack } from './stack.js';

export interface ProvisionOptions {
  /** Short name; tenant, site, cluster and box are named after it. */
  readonly name: string;
  readonly upstreamPort: number;
  readonly level?: Level;
  readonly workers?: number;
  readonly hosts?: readonly string[];
  /** An existing tenant; without one a new tenant is made. */
  readonly tenantId?: string;
  /** For a box on a host of a test network: the host, where the engine listens, and where its origin is. */
  readonly place?: { readonly host: LabNamespace; readonly listen: string; readonly listenPort: number; readonly upstreamHost: string };
}

/** One tenant's box as the API knows it, and as it runs. */
export interface ProvisionedBox {
  readonly tenantId: string;
  readonly clusterId: string;
  readonly appliance: ApplianceView;
  readonly application: ApplicationView;
  readonly box: Box;
}

/** Debian's Core Rule Set as a published pack; made once a controller. */
export async function publishCrs(api: RestClient): Promise<PackView> {
  const [known] = await api.all<PackView>('/api/v1/signature-packs?name=crs');
  return known ?? api.post<PackView>('/api/v1/signature-packs', crsPack(debianCrs()));
}

/** Makes a tenant with one box and one application, starts the box's processes, and waits until it is in sync. */
export async function provisionBox(stack: Stack, api: RestClient, options: ProvisionOptions): Promise<ProvisionedBox> {
  const { name, upstreamPort, level = 'prevention', workers = 1, hosts = ['*'], place } = options;
  const pack = await publishCrs(api);
  const tenantId = options.tenantId ?? (await api.post<TenantView>('/api/v1/tenants', { name, slug: name })).id;
  const site = await api.post<SiteView>('/api/v1/sites', { tenantId, name: `site of ${name}`, timeZone: 'Asia/Seoul' });
  const cluster = await api.post<ClusterView>('/api/v1/clusters', { siteId: site.id, name, kind: 'single' });
  const appliance = await api.post<ApplianceView>('/api/v1/appliances', {
    clusterId: cluster.id,
    name,
    listenAddresses: [place?.listen ?? '127.0.0.1'],
  });
  const application = await api.post<ApplicationView>('/api/v1/applications', {
    clusterId: cluster.id,
    name: `${name} application`,
    hosts,
    listenPort: place?.listenPort ?? (await freePort()),
    upstream: { protocol: 'http', targets: [{ host: place?.upstreamHost ?? '127.0.0.1', port: upstreamPort }] },
  });
  await setLevel(api, application.id, level);
  await api.ok('PUT', `/api/v1/clusters/${cluster.id}/signatures`, { packId: pack.id });
  const claim = await api.post<ClaimCreated>(`/api/v1/appliances/${appliance.id}/claims`, { validMinutes: 60 });
  const box = await stack.addBox({
    name,
    workers,
    ...(place ? { host: place.host } : {}),
    claim: { secret: claim.claim, enrolmentUrl: claim.enrolmentUrls[0]!, caFingerprint: claim.caFingerprint },
  });
  await waitInSync(api, appliance.id);
  return { tenantId, clusterId: cluster.id, appliance, application, box };
}

export async function setLevel(api: RestClient, applicationId: string, level: Level): Promise<void> {
  await api.change('PUT', `/api/v1/applications/${applicationId}/level`, { level }, `/api/v1/applications/${applicationId}`);
}

export async function waitInSync(api: RestClient, applianceId: string, timeoutMs = 60_000): Promise<ApplianceView> {
  return waitUntil(
    `appliance ${applianceId} to be in sync`,
    async () => {
      const state = await api.get<ApplianceView>(`/api/v1/appliances/${applianceId}`);
      if (state.syncState !== 'in-sync') throw new Error(`it is ${state.syncState}: ${state.syncReason}`);
      return state;
    },
    { timeoutMs, intervalMs: 100 },
  );
}

import type { ApplianceView, ApplicationView, ClusterView, Level, PackView, SiteView, TenantView } from '@phalanx/contracts';
import { freePort } from '../net/free-port.js';
import type { RestClient } from '../rest/rest-client.js';
import { crsPack, debianCrs } from './crs-pack.js';

interface PlannedBox {
  readonly name: string;
  readonly site: string;
  readonly timeZone: string;
  readonly application: string;
  readonly host: string;
  readonly level: Level;
  readonly tags: readonly string[];
}

interface PlannedTenant {
  readonly slug: string;
  readonly name: string;
  readonly boxes: readonly PlannedBox[];
}

/** The demo's fleet: two customers, three boxes. */
const PLAN: readonly PlannedTenant[] = [
  {
    slug: 'hanbit',
    name: 'Hanbit Commerce',
    boxes: [
      {
        name: 'seoul-1',
        site: 'Seoul',
        timeZone: 'Asia/Seoul',
        application: 'Online shop',
        host: 'shop.hanbit.example',
        level: 'prevention',
        tags: ['tier=gold'],
      },
      {
        name: 'busan-1',
        site: 'Busan',
        timeZone: 'Asia/Seoul',
        application: 'Outlet',
        host: 'outlet.hanbit.example',
        level: 'prevention',
        tags: ['tier=silver'],
      },
    ],
  },
  {
    slug: 'rheinbank',
    name: 'Rheinbank',
    boxes: [
      {
        name: 'frankfurt-1',
        site: 'Frankfurt',
        timeZone: 'Europe/Berlin',
        application: 'Banking portal',
        host: 'portal.rheinbank.example',
        level: 'prevention',
        tags: ['tier=gold', 'canary'],
      },
    ],
  },
];

export interface FleetBox {
  readonly appliance: ApplianceView;
  readonly application: ApplicationView;
}

async function ensure<T>(known: readonly T[], matches: (item: T) => boolean, create: () => Promise<T>): Promise<T> {
  return known.find(matches) ?? create();
}

async function ensurePack(api: RestClient): Promise<PackView> {
  const pack = crsPack(debianCrs());
  return ensure(
    await api.all<PackView>('/api/v1/signature-packs?name=crs'),
    (known) => known.packVersion === pack.packVersion,
    () => api.post<PackView>('/api/v1/signature-packs', pack),
  );
}

async function ensureBox(api: RestClient, tenant: TenantView, plan: PlannedBox, pack: PackView, upstreamPort: number): Promise<FleetBox> {
  const tenantId = tenant.id;
  const site = await ensure(
    await api.all<SiteView>(`/api/v1/sites?tenantId=${tenantId}`),
    (item) => item.name === plan.site,
    () => api.post<SiteView>('/api/v1/sites', { tenantId, name: plan.site, timeZone: plan.timeZone }),
  );
  const cluster = await ensure(
    await api.all<ClusterView>(`/api/v1/clusters?tenantId=${tenantId}`),
    (item) => item.name === plan.name && item.siteId === site.id,
    () => api.post<ClusterView>('/api/v1/clusters', { siteId: site.id, name: plan.name, kind: 'single' }),
  );
  const appliance = await ensure(
    await api.all<ApplianceView>(`/api/v1/appliances?tenantId=${tenantId}`),
    (item) => item.name === plan.name,
    () =>
      api.post<ApplianceView>('/api/v1/appliances', {
        clusterId: cluster.id,
        name: plan.name,
        listenAddresses: ['127.0.0.1'],
        tags: plan.tags,
      }),
  );
  const upstream = { protocol: 'http', targets: [{ host: '127.0.0.1', port: upstreamPort }] };
  let application = (await api.all<ApplicationView>(`/api/v1/applications?tenantId=${tenantId}`)).find(
    (item) => item.clusterId === cluster.id,
  );
  if (!application) {
    const listenPort = await freePort();
    application = await api.post<ApplicationView>('/api/v1/applications', {
      clusterId: cluster.id,
      name: plan.application,
      hosts: [plan.host, '*'],
      listenPort,
      upstream,
    });
    await api.change(
      'PUT',
      `/api/v1/applications/${application.id}/level`,
      { level: plan.level },
      `/api/v1/applications/${application.id}`,
    );
    await api.ok('PUT', `/api/v1/clusters/${cluster.id}/signatures`, { packId: pack.id });
  } else if (application.upstream.targets[0]?.port !== upstreamPort) {
    application = await api.change<ApplicationView>('PATCH', `/api/v1/applications/${application.id}`, { upstream });
  }
  return { appliance, application };
}

/** Makes the demo's fleet through the REST API, or finds it again. The shops listen on `upstreamPort`. */
export async function ensureFleet(api: RestClient, upstreamPort: number): Promise<FleetBox[]> {
  const pack = await ensurePack(api);
  const tenants = await api.all<TenantView>('/api/v1/tenants');
  const boxes: FleetBox[] = [];
  for (const planned of PLAN) {
    const tenant = await ensure(
      tenants,
      (item) => item.slug === planned.slug,
      () => api.post<TenantView>('/api/v1/tenants', { name: planned.name, slug: planned.slug }),
    );
    for (const box of planned.boxes) boxes.push(await ensureBox(api, tenant, box, pack, upstreamPort));
  }
  return boxes;
}

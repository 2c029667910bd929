import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ApplianceView, ApplicationView, ClaimCreated, ClusterView, SiteView, TenantView } from '@phalanx/contracts';
import { nodeDisk } from '@phalanx/kit';
import type { Lab } from '../lab/lab.js';
import type { LabHost } from '../lab/lab-host.js';
import { labReason } from '../lab/lab-reason.js';
import type { RestClient } from '../rest/rest-client.js';
import { publishCrs, setLevel } from '../stack/provision.js';
import { waitWhole, writePair } from '../stack/provision-pair.js';
import type { Stack } from '../stack/stack.js';

const CLUSTER = 'daejeon';
const VIRTUAL_ADDRESS = '10.10.0.100';
const ORIGIN = { host: '10.20.0.80', port: 8080 };
const MEMBERS = [
  { name: 'daejeon-1', number: 11, priority: 150 },
  { name: 'daejeon-2', number: 12, priority: 100 },
] as const;

/** Why this machine can't run the demo's pair, or null where it can. */
export function pairReason(): string | null {
  const missing = ['keepalived', 'conntrackd', 'conntrack'].find((name) => !existsSync(`/usr/sbin/${name}`));
  return labReason() ?? (missing ? `${missing} is not installed` : null);
}

/** The demo's pair: two boxes with a virtual address on a test network, before the shop. */
export interface DemoPair {
  readonly application: ApplicationView;
  /** Loopback port that leads to the virtual address. */
  readonly port: number;
}

/** Makes the pair through the REST API, or finds it again, and runs it on a test network. The shop listens on `shopPort` of the loopback address. */
export async function startPair(lab: Lab, stack: Stack, api: RestClient, tenantSlug: string, shopPort: number): Promise<DemoPair> {
  const { client, boxes } = await buildNetwork(lab, shopPort);
  const { clusterId, application } = await ensureCluster(api, tenantSlug);
  const appliances: ApplianceView[] = [];
  for (const [index, member] of MEMBERS.entries()) {
    const host = boxes[index]!;
    // Broker and enrolment are reached as every box of the demo reaches them.
    for (const port of [stack.state.ports.mqtt, stack.state.ports.enrolment]) await lab.doorIn(host, { address: '127.0.0.1', port }, port);
    const appliance = await ensureAppliance(api, clusterId, member);
    appliances.push(appliance);
    await startMember(stack, api, appliance, host);
  }
  await ensurePair(api, clusterId, appliances);
  await waitWhole(api, clusterId, 120_000);
  return { application, port: await lab.doorOut(client, { address: VIRTUAL_ADDRESS, port: application.listenPort }) };
}

async function buildNetwork(lab: Lab, shopPort: number): Promise<{ client: LabHost; boxes: LabHost[] }> {
  const [outside, inside] = [await lab.segment('outside'), await lab.segment('inside')];
  const [client, origin] = [await lab.host('client'), await lab.host('origin')];
  await client.join(outside, { addresses: ['10.10.0.10/24'] });
  await origin.join(inside, { addresses: [`${ORIGIN.host}/24`] });
  await lab.doorIn(origin, { address: ORIGIN.host, port: ORIGIN.port }, shopPort);
  const boxes: LabHost[] = [];
  for (const { name, number } of MEMBERS) {
    const host = await lab.host(name);
    await host.join(outside, { addresses: [`10.10.0.${number}/24`] });
    await host.join(inside, { addresses: [`10.20.0.${number}/24`] });
    boxes.push(host);
  }
  return { client, boxes };
}

async function ensureCluster(api: RestClient, tenantSlug: string): Promise<{ clusterId: string; application: ApplicationView }> {
  const tenant = (await api.all<TenantView>('/api/v1/tenants')).find(({ slug }) => slug === tenantSlug)!;
  const clusters = await api.all<ClusterView>(`/api/v1/clusters?tenantId=${tenant.id}`);
  let cluster = clusters.find(({ name }) => name === CLUSTER);
  if (!cluster) {
    const site = await api.post<SiteView>('/api/v1/sites', { tenantId: tenant.id, name: 'Daejeon', timeZone: 'Asia/Seoul' });
    cluster = await api.post<ClusterView>('/api/v1/clusters', { siteId: site.id, name: CLUSTER, kind: 'pair' });
  }
  const clusterId = cluster.id;
  const known = (await api.all<ApplicationView>(`/api/v1/applications?tenantId=${tenant.id}`)).find((item) => item.clusterId === clusterId);
  if (known) return { clusterId, application: known };
  const application = await api.post<ApplicationView>('/api/v1/applications', {
    clusterId,
    name: 'Member shop',
    hosts: ['members.hanbit.example', '*'],
    listenPort: 80,
    upstream: { protocol: 'http', targets: [ORIGIN] },
  });
  await setLevel(api, application.id, 'prevention');
  await api.ok('PUT', `/api/v1/clusters/${clusterId}/signatures`, { packId: (await publishCrs(api)).id });
  return { clusterId, application };
}

async function ensureAppliance(api: RestClient, clusterId: string, { name, number }: (typeof MEMBERS)[number]): Promise<ApplianceView> {
  const known = (await api.all<ApplianceView>('/api/v1/appliances')).find((item) => item.clusterId === clusterId && item.name === name);
  return (
    known ?? api.post<ApplianceView>('/api/v1/appliances', { clusterId, name, listenAddresses: [`10.10.0.${number}`], tags: ['tier=gold'] })
  );
}

async function startMember(stack: Stack, api: RestClient, { id, name }: ApplianceView, host: LabHost): Promise<void> {
  const isEnrolled = nodeDisk.read(join(stack.boxHome(name), 'identity/grant.json')) !== null;
  const claim = isEnrolled ? null : await api.post<ClaimCreated>(`/api/v1/appliances/${id}/claims`, { validMinutes: 60 });
  await stack.addBox({
    name,
    workers: 1,
    host,
    ...(claim ? { claim: { secret: claim.claim, enrolmentUrl: claim.enrolmentUrls[0]!, caFingerprint: claim.caFingerprint } } : {}),
  });
}

async function ensurePair(api: RestClient, clusterId: string, [first, second]: readonly ApplianceView[]): Promise<void> {
  // 404: it was made just now, and nobody has said yet how its members take over.
  if ((await api.send('GET', `/api/v1/clusters/${clusterId}/ha`)).status === 200) return;
  const [one, two] = MEMBERS.map(({ number, priority }) => ({ address: `10.10.0.${number}`, priority }));
  const pair = { interface: 'eth0', virtualAddresses: [`${VIRTUAL_ADDRESS}/24`], members: [one!, two!] as const };
  await writePair(api, clusterId, pair, [first!.id, second!.id]);
}

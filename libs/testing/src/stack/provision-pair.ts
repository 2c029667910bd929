import type {
  ApplianceView,
  ApplicationView,
  ClaimCreated,
  ClusterView,
  HaSettings,
  HaView,
  SiteView,
  TenantView,
} from '@phalanx/contracts';
import type { LabNamespace } from '../lab/lab-namespace.js';
import { waitUntil } from '../processes/wait-until.js';
import type { RestClient } from '../rest/rest-client.js';
import type { Box } from './box.js';
import { publishCrs, setLevel, waitInSync } from './provision.js';
import type { Stack } from './stack.js';

/** Two boxes compile a whole pack at once, on a machine that may have other work. */
const IN_SYNC_MS = 150_000;

export interface PairMemberPlace {
  readonly name: string;
  readonly host: LabNamespace;
  /** Its own address towards clients and its peer, without prefix length. */
  readonly address: string;
  readonly priority: number;
  /** Added to the environment of its processes. */
  readonly environment?: NodeJS.ProcessEnv;
}

export interface PairOptions {
  readonly name: string;
  readonly listenPort: number;
  readonly upstream: { readonly host: string; readonly port: number };
  /** Interface of clients, peer and virtual addresses, at both members. */
  readonly interface: string;
  /** With prefix lengths. */
  readonly virtualAddresses: readonly string[];
  readonly members: readonly [PairMemberPlace, PairMemberPlace];
  readonly settings?: Partial<HaSettings>;
}

export interface ProvisionedMember {
  readonly appliance: ApplianceView;
  readonly box: Box;
}

/** A pair as the API knows it, and as it runs. */
export interface ProvisionedPair {
  readonly tenantId: string;
  readonly clusterId: string;
  readonly application: ApplicationView;
  readonly members: readonly [ProvisionedMember, ProvisionedMember];
}

/** Makes a tenant with a pair and one application on hosts of a test network, and waits until both are in sync and the pair is whole. */
export async function provisionPair(stack: Stack, api: RestClient, options: PairOptions): Promise<ProvisionedPair> {
  const { name, listenPort, upstream } = options;
  const pack = await publishCrs(api);
  const tenantId = (await api.post<TenantView>('/api/v1/tenants', { name, slug: name })).id;
  const site = await api.post<SiteView>('/api/v1/sites', { tenantId, name: `site of ${name}`, timeZone: 'Asia/Seoul' });
  const cluster = await api.post<ClusterView>('/api/v1/clusters', { siteId: site.id, name, kind: 'pair' });
  const application = await api.post<ApplicationView>('/api/v1/applications', {
    clusterId: cluster.id,
    name: `${name} application`,
    hosts: ['*'],
    listenPort,
    upstream: { protocol: 'http', targets: [upstream] },
  });
  await setLevel(api, application.id, 'prevention');
  await api.ok('PUT', `/api/v1/clusters/${cluster.id}/signatures`, { packId: pack.id });
  const members: ProvisionedMember[] = [];
  for (const place of options.members) {
    const request = { clusterId: cluster.id, name: place.name, listenAddresses: [place.address] };
    const appliance = await api.post<ApplianceView>('/api/v1/appliances', request);
    members.push({ appliance, box: await enrolBox(stack, api, appliance.id, place) });
  }
  const [first, second] = members as [ProvisionedMember, ProvisionedMember];
  await writePair(api, cluster.id, options, [first.appliance.id, second.appliance.id]);
  for (const { appliance } of members) await waitInSync(api, appliance.id, IN_SYNC_MS);
  await waitWhole(api, cluster.id);
  return { tenantId, clusterId: cluster.id, application, members: [first, second] };
}

/** Starts a box that enrols as this appliance: its first one, or another in its place. */
export async function enrolBox(
  stack: Stack,
  api: RestClient,
  applianceId: string,
  { name, host, environment }: PairMemberPlace,
): Promise<Box> {
  const claim = await api.post<ClaimCreated>(`/api/v1/appliances/${applianceId}/claims`, { validMinutes: 60 });
  return stack.addBox({
    name,
    workers: 1,
    host,
    ...(environment ? { environment } : {}),
    claim: { secret: claim.claim, enrolmentUrl: claim.enrolmentUrls[0]!, caFingerprint: claim.caFingerprint },
  });
}

/** Makes or changes the pair's settings. */
export async function writePair(
  api: RestClient,
  clusterId: string,
  {
    interface: name,
    virtualAddresses,
    members,
    settings = {},
  }: Pick<PairOptions, 'interface' | 'virtualAddresses' | 'settings'> & {
    readonly members: readonly Pick<PairMemberPlace, 'address' | 'priority'>[];
  },
  applianceIds: readonly [string, string],
): Promise<void> {
  const whole: HaSettings = {
    vrid: 51,
    virtualAddresses: virtualAddresses.map((address) => ({ address, interface: name })),
    advertMs: 100,
    transport: 'unicast',
    preempt: false,
    track: { intervalMs: 200, fall: 2, rise: 2 },
    syncPort: 3780,
    ...settings,
  };
  const body = {
    settings: whole,
    members: members.map(({ address, priority }, index) => ({ applianceId: applianceIds[index]!, interface: name, address, priority })),
  };
  const path = `/api/v1/clusters/${clusterId}/ha`;
  const known = await api.send('GET', path);
  await api.ok('PUT', path, body, { 'if-match': known.headers.get('etag') ?? '"0"' });
}

/** Waits until one member is master and the other stands by and hears it. */
export async function waitWhole(api: RestClient, clusterId: string, timeoutMs = 60_000): Promise<HaView> {
  return waitUntil(
    'the pair to be whole',
    async () => {
      const view = await api.get<HaView>(`/api/v1/clusters/${clusterId}/ha`);
      if (view.condition !== 'whole') throw new Error(`it is ${view.condition}: ${view.conditionReason}`);
      return view;
    },
    { timeoutMs, intervalMs: 100 },
  );
}

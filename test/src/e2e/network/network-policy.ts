import {
  DEFAULT_NETWORK_POLICY,
  type ApplianceStateView,
  type MemberNetwork,
  type NetworkPolicy,
  type NetworkWriteResult,
} from '@phalanx/contracts';
import { type ProvisionedBox, type RestClient, waitInSync, waitUntil } from '@phalanx/testing';
import { WORMS } from './hostile-packets.js';

const { protections } = DEFAULT_NETWORK_POLICY;
const worm = (name: string, protocol: 'tcp' | 'udp', port: number, bytes: Buffer, blockSeconds: number) => ({
  name,
  enabled: true,
  protocol,
  ports: [String(port)],
  matches: [{ offset: 0, bytes: bytes.toString('hex', 0, 16) }],
  action: 'drop' as const,
  blockSeconds,
});

/** A policy with every protection, small enough that a test network can exceed its rates. */
export const GUARDED: NetworkPolicy = {
  ...DEFAULT_NETWORK_POLICY,
  protections: {
    ...protections,
    floods: {
      ...protections.floods,
      syn: { perSecond: 50, burst: 100 },
      udp: { perSecond: 50, burst: 100 },
      icmp: { perSecond: 20, burst: 40 },
    },
    scans: { enabled: true, targets: 12, windowSeconds: 10, blockSeconds: 300 },
  },
  payloadRules: [worm('slammer', 'udp', 1434, WORMS.slammer, 120), worm('code-red', 'tcp', 80, WORMS.codeRed, 0)],
  management: { networks: ['10.30.0.0/24', 'fd30::/64'], ports: ['22', '9100'], rate: { perSecond: 10, burst: 20 } },
};

/** The interfaces of a box of the test network. */
export const INTERFACES: MemberNetwork = {
  interfaces: [
    { kind: 'physical', name: 'eth0', roles: ['client'], addresses: null, mtu: null, antiSpoofing: 'strict' },
    { kind: 'physical', name: 'eth1', roles: ['origin'], addresses: null, mtu: null, antiSpoofing: 'strict' },
    { kind: 'physical', name: 'eth2', roles: ['management'], addresses: null, mtu: null, antiSpoofing: 'loose' },
  ],
  routes: [],
};

/** Writes a cluster's network policy. */
export async function writeNetwork(
  api: RestClient,
  { clusterId, appliance }: ProvisionedBox,
  policy: NetworkPolicy,
  network: MemberNetwork = INTERFACES,
): Promise<NetworkWriteResult> {
  const path = `/api/v1/clusters/${clusterId}/network`;
  const current = await api.send('GET', path);
  return api.ok<NetworkWriteResult>(
    'PUT',
    path,
    { policy, members: [{ applianceId: appliance.id, network }], comment: 'test' },
    { 'if-match': current.headers.get('etag') ?? '"0"' },
  );
}

/** Writes it, and waits until the box runs it. */
export async function runNetwork(api: RestClient, box: ProvisionedBox, policy: NetworkPolicy): Promise<void> {
  await writeNetwork(api, box, policy);
  await waitInSync(api, box.appliance.id);
  await waitFacet(api, box.appliance.id, 'network', 'applied');
}

/** How the controller sees a facet of a box. */
export async function facetOf(api: RestClient, applianceId: string, facet: string) {
  const { facets } = await api.get<ApplianceStateView>(`/api/v1/appliances/${applianceId}/state`);
  return facets.find((one) => one.facet === facet);
}

/** Waits until a facet is in a state. */
export async function waitFacet(api: RestClient, applianceId: string, facet: string, state: string, timeoutMs = 60_000) {
  return waitUntil(
    `${facet} to be ${state}`,
    async () => {
      const found = await facetOf(api, applianceId, facet);
      if (found?.state !== state) throw new Error(`it is ${found?.state}: ${found?.reason}`);
      return found;
    },
    { timeoutMs, intervalMs: 200 },
  );
}

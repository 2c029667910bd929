import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  type ApplianceStateView,
  type ApplianceView,
  type AppliancePolicy,
  DEFAULT_NETWORK_POLICY,
  type Facet,
  type FacetView,
  type SignaturePack,
} from '@phalanx/contracts';
import { describeInLab, type LabHost, type ProvisionedBox, waitInSync, waitUntil } from '@phalanx/testing';
import { type LabFixture, startLabFixture } from './lab-fixture.js';

/** Drift is seen within so long. */
const SEEN_MS = 60_000;
const FACETS = ['signatures', 'policy', 'network', 'patterns'] as const satisfies readonly Facet[];

describeInLab('scenario 14: what is edited by hand on a box', () => {
  let fixture: LabFixture;
  let box: ProvisionedBox;
  let host: LabHost;

  const path = () => `/api/v1/appliances/${box.appliance.id}`;
  const facetOf = async (facet: Facet): Promise<FacetView> =>
    (await fixture.api.get<ApplianceStateView>(`${path()}/state`)).facets.find((one) => one.facet === facet)!;
  const until = (facet: Facet, state: FacetView['state'], timeoutMs = SEEN_MS) =>
    waitUntil(
      `${facet} to be ${state}`,
      async () => {
        const found = await facetOf(facet);
        if (found.state !== state) throw new Error(`it is ${found.state}: ${found.reason}`);
        return found;
      },
      { timeoutMs, intervalMs: 200 },
    );
  const decide = async (facet: Facet, decision: 'revert' | 'ignore' | 'adopt') => {
    const { renderedDigest } = await facetOf(facet);
    await fixture.api.ok('POST', `${path()}/drift`, { facet, decision, renderedDigest });
  };
  const active = (file: string) => join(box.box.options.home, 'engine', 'active', file);
  const edit = <T>(file: string, change: (document: T) => T) =>
    writeFileSync(active(file), JSON.stringify(change(JSON.parse(readFileSync(active(file), 'utf8')) as T)));
  /** What is taken away and what is there instead, without what surrounds it. */
  const changedLines = ({ diff }: FacetView) => (diff ?? '').split('\n').filter((line) => /^[-+](?![-+])/.test(line));

  beforeAll(async () => {
    fixture = await startLabFixture();
    box = await fixture.provision(0, { name: 'edited' });
    host = fixture.boxes[0]!;
    const network = { policy: DEFAULT_NETWORK_POLICY, members: [], comment: 'test' };
    await fixture.api.ok('PUT', `/api/v1/clusters/${box.clusterId}/network`, network, { 'if-match': '"0"' });
    const block = { tenantId: box.tenantId, clusterId: null, addresses: ['203.0.113.1'], reason: 'test', expiresInSeconds: null };
    await fixture.api.post('/api/v1/blocks', block);
    for (const facet of FACETS) await until(facet, 'applied');
  }, 180_000);

  afterAll(() => fixture?.stop(), 60_000);

  it('is seen within a minute, line by line, and put right when it is reverted', async () => {
    await host.nft('flush chain inet phalanx edge');
    await host.nft(
      'delete element inet phalanx_blocks blocked-4 { 203.0.113.1 }; add element inet phalanx_blocks blocked-4 { 203.0.113.2 }',
    );
    edit<AppliancePolicy>('policy.json', (policy) => ({ ...policy, events: { ...policy.events, foldAbovePerSecond: 7 } }));
    edit<SignaturePack>('signatures.json', (pack) => {
      const [name = '', text = ''] = Object.entries(pack.files).find(([, rules]) => rules.includes('\nSecRule '))!;
      return { ...pack, files: { ...pack.files, [name]: text.replace('\nSecRule ', '\n# edited\nSecRule ') } };
    });
    const began = performance.now();
    const [signatures, policy, network, patterns] = await Promise.all(FACETS.map((facet) => until(facet, 'drifted')));
    console.log(`all four were seen after ${Math.round(performance.now() - began)} ms`);
    expect(changedLines(policy!)).toEqual([
      expect.stringMatching(/^-.*"foldAbovePerSecond": (?!7,)/),
      expect.stringMatching(/^\+.*"foldAbovePerSecond": 7,/),
    ]);
    expect(changedLines(signatures!)).toEqual([expect.stringMatching(/^\+ .*# edited/)]);
    expect(changedLines(patterns!)).toEqual(['-blocked-4 203.0.113.1', '+blocked-4 203.0.113.2']);
    expect(changedLines(network!).length).toBeGreaterThan(0);
    expect(changedLines(network!).every((line) => line.startsWith('-'))).toBe(true);
    expect((await fixture.api.get<ApplianceView>(path())).syncState).toBe('drifted');
    await decide('network', 'revert');
    // What is told anew is told for all: whatever drifted goes back to what was desired.
    for (const facet of FACETS) await until(facet, 'applied', 30_000);
    await waitInSync(fixture.api, box.appliance.id);
    expect(await host.run('nft', ['list', 'chain', 'inet', 'phalanx', 'edge'])).toMatch(/iifname "lo"/);
    expect(JSON.parse(readFileSync(active('policy.json'), 'utf8'))).not.toMatchObject({ events: { foldAbovePerSecond: 7 } });
  }, 180_000);

  it('is silenced for exactly this difference when it is ignored', async () => {
    await host.nft('add element inet phalanx_blocks blocked-4 { 203.0.113.3 }');
    await until('patterns', 'drifted');
    await decide('patterns', 'ignore');
    await waitInSync(fixture.api, box.appliance.id);
    await host.nft('add element inet phalanx_blocks blocked-4 { 203.0.113.4 }');
    const state = async () => (await fixture.api.get<ApplianceView>(path())).syncState === 'drifted';
    await waitUntil('another difference to be told', state, { timeoutMs: SEEN_MS, intervalMs: 200 });
    await decide('patterns', 'revert');
    await until('patterns', 'applied', 30_000);
    expect(await host.run('nft', ['list', 'set', 'inet', 'phalanx_blocks', 'blocked-4'])).not.toMatch(/203\.0\.113\.[34]/);
  }, 180_000);
});

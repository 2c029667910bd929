import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AppliancePolicy,
  type ApplianceStateView,
  type ApplianceView,
  DEFAULT_NETWORK_POLICY,
  type Facet,
  type FacetView,
  type NetworkWriteResult,
  type SignaturePack,
} from '@phalanx/contracts';
import { type LabHost, type ProvisionedBox, waitInSync, waitUntil } from '@phalanx/testing';
import { type LabFixture, startLabFixture } from '../e2e/lab-fixture.js';
import type { Scenario } from './scenario.js';

/** Drift is seen within so long. */
const SEEN_MS = 60_000;
const FACETS = ['signatures', 'policy', 'network', 'patterns'] as const satisfies readonly Facet[];

class DriftWorld {
  constructor(
    readonly fixture: LabFixture,
    readonly box: ProvisionedBox,
    readonly host: LabHost,
  ) {}

  get path(): string {
    return `/api/v1/appliances/${this.box.appliance.id}`;
  }

  async facet(name: Facet): Promise<FacetView> {
    const { facets } = await this.fixture.api.get<ApplianceStateView>(`${this.path}/state`);
    const found = facets.find(({ facet }) => facet === name);
    assert.ok(found, `the box does not speak of ${name}`);
    return found;
  }

  until(name: Facet, state: FacetView['state'], timeoutMs = SEEN_MS): Promise<FacetView> {
    return waitUntil(
      `${name} to be ${state}`,
      async () => {
        const found = await this.facet(name);
        if (found.state !== state) throw new Error(`it is ${found.state}: ${found.reason}`);
        return found;
      },
      { timeoutMs, intervalMs: 200 },
    );
  }

  async allApplied(): Promise<void> {
    for (const name of FACETS) await this.until(name, 'applied');
    await waitInSync(this.fixture.api, this.box.appliance.id);
  }

  async decide(facet: Facet, decision: 'revert' | 'ignore' | 'adopt') {
    const { renderedDigest } = await this.facet(facet);
    return this.fixture.api.send('POST', `${this.path}/drift`, { facet, decision, renderedDigest });
  }

  /** A file that the engine starts from. */
  active(file: string): string {
    return join(this.box.box.options.home, 'engine', 'active', file);
  }

  edit<T>(file: string, change: (document: T) => T): void {
    writeFileSync(this.active(file), JSON.stringify(change(JSON.parse(readFileSync(this.active(file), 'utf8')) as T)));
  }
}

/** What is gone and what is there instead, without what surrounds it. */
function changedLines({ diff }: FacetView): string[] {
  return (diff ?? '').split('\n').filter((line) => /^[-+](?![-+])/.test(line));
}

/** Rules, block lists and files of the engine that somebody edited on the box itself. */
export const drift: Scenario<DriftWorld> = {
  number: 14,
  title: 'drift',
  notThereYet: [],
  open: async () => {
    const fixture = await startLabFixture();
    const box = await fixture.provision(0, { name: 'edited' });
    const network = { policy: DEFAULT_NETWORK_POLICY, members: [], comment: 'scenario' };
    await fixture.api.ok('PUT', `/api/v1/clusters/${box.clusterId}/network`, network, { 'if-match': '"0"' });
    const block = { tenantId: box.tenantId, clusterId: null, addresses: ['203.0.113.1'], reason: 'scenario', expiresInSeconds: null };
    await fixture.api.post('/api/v1/blocks', block);
    const world = new DriftWorld(fixture, box, fixture.boxes[0]!);
    await world.allApplied();
    return world;
  },
  steps: [
    {
      title: 'rules of nftables, a block list, the engine’s policy and its rules: each is seen within a minute, line by line',
      timeoutMs: 120_000,
      run: async (world, say) => {
        const { host } = world;
        await host.nft('flush chain inet phalanx edge');
        await host.nft('delete element inet phalanx_blocks blocked-4 { 203.0.113.1 }');
        await host.nft('add element inet phalanx_blocks blocked-4 { 203.0.113.2 }');
        world.edit<AppliancePolicy>('policy.json', (policy) => ({ ...policy, events: { ...policy.events, foldAbovePerSecond: 7 } }));
        world.edit<SignaturePack>('signatures.json', (pack) => {
          const [name = '', text = ''] = Object.entries(pack.files).find(([, rules]) => rules.includes('\nSecRule ')) ?? [];
          return { ...pack, files: { ...pack.files, [name]: text.replace('\nSecRule ', '\n# edited\nSecRule ') } };
        });
        const began = performance.now();
        const found = await Promise.all(FACETS.map((name) => world.until(name, 'drifted')));
        say(`all four were seen after ${Math.round(performance.now() - began)} ms`);
        for (const facet of found) for (const line of changedLines(facet).slice(0, 3)) say(`${facet.facet}: ${line.trim()}`);
        const lines = Object.fromEntries(found.map((facet) => [facet.facet, changedLines(facet)])) as Record<Facet, string[]>;
        assert.match(lines.policy.join('\n'), /^- +"foldAbovePerSecond": \d+,\n\+ +"foldAbovePerSecond": 7,$/);
        assert.match(lines.signatures.join('\n'), /^\+ +"# edited",$/);
        assert.deepEqual(lines.patterns, ['-blocked-4 203.0.113.1', '+blocked-4 203.0.113.2']);
        assert.ok(lines.network.length > 0 && lines.network.every((line) => line.startsWith('-')));
        assert.equal((await world.fixture.api.get<ApplianceView>(world.path)).syncState, 'drifted');
      },
    },
    {
      title: 'who is about to push is warned that this writes over what was found',
      run: async ({ fixture, box }, say) => {
        const path = `/api/v1/clusters/${box.clusterId}/network`;
        const etag = (await fixture.api.send('GET', path)).headers.get('etag') ?? '';
        const next = { policy: { ...DEFAULT_NETWORK_POLICY, confirmSeconds: 31 }, members: [], comment: 'scenario' };
        const { findings } = await fixture.api.ok<NetworkWriteResult>('PUT', `${path}?dryRun=true`, next, { 'if-match': etag });
        const warning = findings.find(({ message }) => message.includes('writes over'));
        assert.ok(warning, JSON.stringify(findings));
        say(warning.message);
      },
    },
    {
      title: 'reverted, all is as it was desired',
      timeoutMs: 90_000,
      run: async (world) => {
        assert.ok((await world.decide('network', 'revert')).status < 300);
        // What is told anew is told for all facets of the box.
        await world.allApplied();
        assert.match(await world.host.run('nft', ['list', 'chain', 'inet', 'phalanx', 'edge']), /iifname "lo"/);
        const policy = JSON.parse(readFileSync(world.active('policy.json'), 'utf8')) as AppliancePolicy;
        assert.notEqual(policy.events.foldAbovePerSecond, 7);
      },
    },
    {
      title: 'ignored, exactly this difference is silent, another is not',
      timeoutMs: 180_000,
      run: async (world) => {
        await world.host.nft('add element inet phalanx_blocks blocked-4 { 203.0.113.3 }');
        await world.until('patterns', 'drifted');
        assert.ok((await world.decide('patterns', 'ignore')).status < 300);
        await waitInSync(world.fixture.api, world.box.appliance.id);
        await world.host.nft('add element inet phalanx_blocks blocked-4 { 203.0.113.4 }');
        const isTold = async () => (await world.fixture.api.get<ApplianceView>(world.path)).syncState === 'drifted';
        await waitUntil('another difference to be told', isTold, { timeoutMs: SEEN_MS, intervalMs: 200 });
      },
    },
    {
      title: 'adopted where a facet can say it, else refused with the reason',
      timeoutMs: 90_000,
      run: async (world, say) => {
        const answer = await world.decide('patterns', 'adopt');
        say(`adopting the block list: ${answer.status} ${answer.text}`.slice(0, 300));
        if (answer.status >= 300) {
          assert.equal(answer.status, 409);
          assert.ok((await world.decide('patterns', 'revert')).status < 300);
        }
        await world.allApplied();
      },
    },
  ],
  close: ({ fixture }) => fixture.stop(),
};

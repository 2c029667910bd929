import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type {
  ApplianceStateView,
  ApplianceView,
  ApplicationView,
  ClaimCreated,
  ClusterView,
  SiteView,
  TenantView,
} from '@phalanx/contracts';
import { AppError, type Logger, silentLogger } from '@phalanx/kit';
import { type SimulatedBox, startSimulatedBox } from '@phalanx/simulator';
import { type RestClient, Stack, waitUntil } from '@phalanx/testing';

const APPLIED_MS = 120_000;
/** Hundreds of boxes share this machine's one disk, which real boxes don't: theirs is in memory. */
const BOX_DISK = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/**
 * Time from a tenant's policy change (the REST call's beginning) to the controller reading it as applied, for each box of a fleet: real
 * controller, broker, database and agent code over mutual TLS; only the engine is an in-memory one. Prints `p50_ms` and `p99_ms` over all boxes and rounds.
 */
export async function benchPush(args: readonly string[]): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { boxes: text, rounds: text, verbose: { type: 'boolean' } } });
  const boxCount = positive(values.boxes, 200);
  const rounds = positive(values.rounds, 5);
  const home = mkdtempSync(join(tmpdir(), 'phalanx-push-'));
  const boxHomes = mkdtempSync(join(BOX_DISK, 'phalanx-push-'));
  const stack = await Stack.start({ home, durable: false });
  const boxes: SimulatedBox[] = [];
  try {
    const api = await stack.signIn();
    const { tenantId, claims } = await makeFleet(api, boxCount);
    note(`${boxCount} appliances made; enrolling`);
    for (const [applianceId, claim] of claims)
      boxes.push(
        await startSimulatedBox({
          home: join(boxHomes, applianceId),
          ...(values.verbose ? { logger: loud } : {}),
          claim: { claim: claim.claim, enrolmentUrl: claim.enrolmentUrls[0]!, caFingerprint: claim.caFingerprint },
        }),
      );
    const ids = [...claims.keys()];
    await allApplied(api, ids, new Map());
    note('all in sync; changing the policy');
    const times: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      const took = await measureRound(api, tenantId, ids, round);
      note(`round ${round}: p50 ${quantile(took, 0.5)} ms, p99 ${quantile(took, 0.99)} ms`);
      times.push(...took);
    }
    console.log(`boxes=${boxCount}\nrounds=${rounds}\np50_ms=${quantile(times, 0.5)}\np99_ms=${quantile(times, 0.99)}`);
  } finally {
    await Promise.all(boxes.map((box) => box.stop()));
    await stack.stop();
    for (const folder of [home, boxHomes]) rmSync(folder, { recursive: true, force: true });
  }
}

function positive(value: string | undefined, fallback: number): number {
  const number = value === undefined ? fallback : Number(value);
  if (!Number.isInteger(number) || number < 1) throw new AppError('invalid', 'cli.usage', `${value} is no count`);
  return number;
}

/** What boxes warn of, for finding out why a fleet doesn't come up. */
const loud: Logger = { ...silentLogger, warn: (message, fields) => note(`${message} ${JSON.stringify(fields)}`), child: () => loud };

function note(message: string): void {
  console.error(`push: ${message}`);
}

async function makeFleet(api: RestClient, count: number): Promise<{ tenantId: string; claims: Map<string, ClaimCreated> }> {
  const tenant = await api.post<TenantView>('/api/v1/tenants', { name: 'Push', slug: 'push' });
  const site = await api.post<SiteView>('/api/v1/sites', { tenantId: tenant.id, name: 'Site', timeZone: 'Asia/Seoul' });
  const claims = new Map<string, ClaimCreated>();
  for (let index = 0; index < count; index++) {
    const cluster = await api.post<ClusterView>('/api/v1/clusters', { siteId: site.id, name: `cluster ${index}`, kind: 'single' });
    const name = `box-${index}`;
    const appliance = await api.post<ApplianceView>('/api/v1/appliances', { clusterId: cluster.id, name, listenAddresses: ['127.0.0.1'] });
    await api.post<ApplicationView>('/api/v1/applications', {
      clusterId: cluster.id,
      name: `application ${index}`,
      hosts: ['*'],
      listenPort: 8080,
      upstream: { protocol: 'http', targets: [{ host: '127.0.0.1', port: 9 }] },
    });
    claims.set(appliance.id, await api.post<ClaimCreated>(`/api/v1/appliances/${appliance.id}/claims`, { validMinutes: 60 }));
  }
  return { tenantId: tenant.id, claims };
}

/** One change for the whole tenant; milliseconds until each box read as applied, by the controller's clock, which is this machine's. */
async function measureRound(api: RestClient, tenantId: string, ids: readonly string[], round: number): Promise<number[]> {
  const before = await digestsOf(api, ids);
  const path = `/api/v1/policies/tenants/${tenantId}`;
  const document = { settings: { limits: { headerCount: 100 + round } }, locks: [] };
  const startedAt = Date.now();
  await api.change('PUT', path, { document, comment: `round ${round}` });
  const applied = await allApplied(api, ids, before);
  return applied.map((at) => at - startedAt);
}

async function digestsOf(api: RestClient, ids: readonly string[]): Promise<Map<string, string>> {
  const entries = await Promise.all(ids.map(async (id) => [id, (await policyOf(api, id))?.applied?.sha256 ?? ''] as const));
  return new Map(entries);
}

async function policyOf(api: RestClient, id: string) {
  const state = await api.get<ApplianceStateView>(`/api/v1/appliances/${id}/state`);
  return state.facets.find(({ facet }) => facet === 'policy');
}

/** When each box read as applied with another digest than before, in milliseconds since 1970. Asks only those that have not yet. */
async function allApplied(api: RestClient, ids: readonly string[], before: ReadonlyMap<string, string>): Promise<number[]> {
  const appliedAt = new Map<string, number>();
  await waitUntil(
    'every box to have applied it',
    async () => {
      const waiting = ids.filter((id) => !appliedAt.has(id));
      // A few at a time: asking must not slow down what is measured.
      for (const id of waiting.slice(0, 20)) {
        const policy = await policyOf(api, id);
        const isNew = policy?.applied && policy.applied.sha256 !== before.get(id);
        if (policy?.state === 'applied' && isNew && policy.appliedAt) appliedAt.set(id, Date.parse(policy.appliedAt));
        else throw new Error(`box ${id} is ${policy?.state}: ${policy?.reason}; ${ids.length - appliedAt.size} are left`);
      }
      return appliedAt.size === ids.length || undefined;
    },
    { timeoutMs: APPLIED_MS, intervalMs: 100 },
  );
  return [...appliedAt.values()];
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

import { afterEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import {
  type AppliancePolicy,
  type DesiredState,
  type DownChannel,
  type Facet,
  type ReleaseReference,
  type ReportedState,
  reportedStateSchema,
  type StateOrder,
  type UpChannel,
} from '@phalanx/contracts';
import { AppError, canonicalJson, sha256Hex, silentLogger } from '@phalanx/kit';
import { waitUntil } from '@phalanx/testing';
import { generateStatementKey, signStatement } from '@phalanx/trust';
import { BoxHome } from '../../platform/box-home.js';
import { ControllerLink, type DownHandler } from '../../platform/controller-link.js';
import type { RecordedEvent } from '../../platform/feature.js';
import { Killed, MemoryDisk } from '../../testing/memory-disk.js';
import { MemoryEngine } from '../../testing/memory-engine.js';
import { BlobStore, type ReleaseContent } from '../content/index.js';
import { type ReconcileFeature, type ReconcileOptions, startReconcile } from './index.js';

const BOX = { applianceId: '11111111-1111-4111-8111-111111111111', tenantId: '22222222-2222-4222-8222-222222222222' };
const HOME = new BoxHome('/box');
const KEYS = generateStatementKey();
const ACTIVE = { policy: join(HOME.engine, 'active/policy.json'), signatures: join(HOME.engine, 'active/signatures.json') };

class StubLink extends ControllerLink {
  readonly identity = { applianceId: BOX.applianceId, serial: 'ab' };
  readonly reported: ReportedState[] = [];
  isUp = true;
  private desired: DownHandler = () => undefined;

  connectionId(): string | null {
    return this.isUp ? 'connection' : null;
  }
  async publish(_: UpChannel, payload: string | Buffer): Promise<void> {
    this.reported.push(reportedStateSchema.parse(JSON.parse(payload.toString())));
  }
  onDown(_: DownChannel, handler: DownHandler): void {
    this.desired = handler;
  }
  onConnected(): void {}
  onDisconnected(): void {}
  announce(document: unknown): void {
    void this.desired(Buffer.from(JSON.stringify(document)));
  }
}

interface Release {
  readonly facet: Facet;
  readonly target: ReleaseReference;
  readonly bytes: Buffer;
}

function release(facet: Facet, version: string, content: unknown): Release {
  const bytes = Buffer.from(canonicalJson(content));
  const path = `${facet}/${version}.json`;
  return { facet, bytes, target: { repository: 'tenant', path, version, length: bytes.length, sha256: sha256Hex(bytes) } };
}

function policy(version: string, foldAbovePerSecond: number, owner: Partial<AppliancePolicy> = {}): Release {
  const events = { foldAbovePerSecond, spoolLimitBytes: 1_048_576 };
  return release('policy', version, { version: 1, ...BOX, listenAddresses: ['127.0.0.1'], applications: [], events, ...owner });
}

const pack = (version: string) =>
  release('signatures', version, { version: 1, name: 'crs', packVersion: version, load: ['a.conf'], files: { 'a.conf': `# ${version}` } });

function desired(order: StateOrder, releases: readonly Release[], changes: Partial<DesiredState> = {}) {
  const facets = Object.fromEntries(releases.map(({ facet, target }) => [facet, target]));
  const controller = { mqttUrls: ['mqtts://c'], enrolmentUrls: ['https://c'] };
  const signed = { version: 1, ...BOX, order, issuedAt: new Date().toISOString(), facets, controller, ...changes };
  return signStatement(signed as DesiredState, [KEYS.privateKeyPem]);
}

/** Content that the controller has; what was fetched lies on the box's disk. */
class World {
  readonly disk = new MemoryDisk();
  readonly engine = new MemoryEngine({ home: HOME.engine, disk: this.disk.mount() });
  readonly offered = new Map<string, Buffer>();
  /** Everything that executors did, in order. */
  readonly done: string[] = [];
  readonly events: RecordedEvent[] = [];
  link = new StubLink();
  private feature: ReconcileFeature | null = null;
  private ending = new AbortController();

  offer(...releases: Release[]): void {
    for (const { target, bytes } of releases) this.offered.set(target.sha256, bytes);
  }

  /** A new agent process on the same box. `onEvent` is called around each thing it does and may throw `Killed`. */
  boot(onEvent: (name: string, moment: 'before' | 'after') => void = () => undefined, options: Partial<ReconcileOptions> = {}): void {
    this.ending = new AbortController();
    this.link = new StubLink();
    const disk = this.disk.mount(onEvent);
    const store = new BlobStore(disk, HOME.content);
    const step = async <T>(name: string, effect: () => T | Promise<T>): Promise<T> => {
      onEvent(name, 'before');
      const result = await effect();
      this.done.push(name);
      onEvent(name, 'after');
      return result;
    };
    const content: ReleaseContent = {
      verify: async (target) => step(`verify ${target.path}`, () => undefined),
      fetch: (target) =>
        step(`fetch ${target.path}`, () => {
          const bytes = this.offered.get(target.sha256);
          if (!bytes) throw new AppError('unavailable', 'content.missing', 'not there yet');
          store.put(target, bytes);
        }),
      read: (sha256) => store.read(sha256),
      put: (name, bytes) => store.put(name, bytes),
      keepOnly: (kept) => store.keepOnly(kept),
    };
    const { engine } = this;
    this.feature = startReconcile(
      {
        home: HOME,
        disk,
        link: this.link,
        engine: {
          status: () => engine.status(),
          metrics: () => engine.metrics(),
          check: (folder) => step(`check ${folder}`, () => engine.check(folder)),
          load: (folder) => step(`load ${folder}`, () => engine.load(folder)),
        },
        logger: silentLogger,
        signal: this.ending.signal,
        record: (event) => void this.events.push(event),
      },
      {
        box: BOX,
        stateKeys: () => [KEYS.publicKeyPem],
        content,
        ensureSecrets: (ids) => step(`secrets ${ids.join()}`, () => undefined),
        watchMs: 20,
        retry: { firstMs: 10, maxMs: 40 },
        workersMs: 200,
        linkMs: 200,
        ...options,
      },
    );
  }

  async halt(): Promise<void> {
    this.ending.abort(new Killed());
    await this.feature?.stop();
    this.feature = null;
  }

  report(): Promise<ReportedState> {
    return this.feature!.reportedState();
  }

  async until(
    what: string,
    holds: (facet: (name: Facet) => ReportedState['facets'][number], report: ReportedState) => boolean,
  ): Promise<ReportedState> {
    return waitUntil(
      what,
      async () => {
        const report = await this.report();
        const facet = (name: Facet) => report.facets.find((candidate) => candidate.facet === name)!;
        if (!holds(facet, report)) throw new Error(JSON.stringify(report));
        return report;
      },
      { timeoutMs: 3_000, intervalMs: 5 },
    );
  }

  applied(...releases: Release[]): Promise<ReportedState> {
    return this.until('the releases to be applied', (facet) =>
      releases.every(({ facet: name, target }) => facet(name).state === 'applied' && facet(name).target?.sha256 === target.sha256),
    );
  }

  active(facet: Facet): string | null {
    const bytes = this.disk.files.get(ACTIVE[facet]);
    return bytes ? sha256Hex(bytes) : null;
  }
}

let world = new World();
afterEach(async () => {
  await world.halt();
  world = new World();
});

const first = policy('1', 100);
const second = policy('2', 200);
const crs = pack('1');

async function begin(...releases: Release[]): Promise<void> {
  world.offer(...releases);
  world.boot();
  world.link.announce(desired({ epoch: 1, generation: 1 }, releases));
  await world.applied(...releases);
}

describe('a desired state', () => {
  it('is brought to the workers and to the files that the engine starts from', async () => {
    await begin(first, crs);
    const report = await world.report();
    expect(report.order).toEqual({ epoch: 1, generation: 1 });
    for (const facet of report.facets) expect(facet.renderedDigest).toBe(facet.expectedDigest);
    expect(report.workers.map((worker) => worker.policyDigest)).toEqual([first.target.sha256, first.target.sha256]);
    expect(world.active('policy')).toBe(first.target.sha256);
    expect(world.done.filter((name) => name.startsWith('load'))).toEqual(['load staged']);
  });

  it('that is announced again, or is older, does nothing', async () => {
    await begin(first);
    const before = [...world.done];
    world.link.announce(desired({ epoch: 1, generation: 1 }, [first]));
    world.link.announce(desired({ epoch: 1, generation: 0 }, [second]));
    await world.halt();
    world.boot();
    await world.until('the second agent to have looked', (facet) => facet('policy').state === 'applied');
    expect(world.done).toEqual(before);
  });

  it.each([
    ['another box', desired({ epoch: 9, generation: 1 }, [second], { applianceId: BOX.tenantId })],
    ['another tenant', desired({ epoch: 9, generation: 1 }, [second], { tenantId: BOX.applianceId })],
    [
      'a key that is not trusted',
      signStatement(desired({ epoch: 9, generation: 1 }, [second]).signed, [generateStatementKey().privateKeyPem]),
    ],
    ['nobody, being no desired state', { hello: 'world' }],
  ])('of %s is refused, and told once', async (_, document) => {
    await begin(first);
    world.offer(second);
    world.link.announce(document);
    world.link.announce(document);
    expect((await world.report()).order).toEqual({ epoch: 1, generation: 1 });
    expect(world.events.filter((event) => event.kind === 'system' && event.code === 'reconcile.refused')).toHaveLength(1);
  });

  it('whose policy is another box’s is refused, though signed', async () => {
    await begin(first);
    const foreign = policy('3', 300, { applianceId: '33333333-3333-4333-8333-333333333333' });
    world.offer(foreign);
    world.link.announce(desired({ epoch: 1, generation: 2 }, [foreign]));
    const report = await world.until('the refusal', (facet) => facet('policy').state === 'failed');
    expect(report.facets.find(({ facet }) => facet === 'policy')?.reason).toMatch(/another box/);
    expect(world.active('policy')).toBe(first.target.sha256);
  });

  it('waits while the clock says a time before the agent was built', async () => {
    world.offer(first);
    let now = 0;
    world.boot(undefined, { now: () => now });
    world.link.announce(desired({ epoch: 1, generation: 1 }, [first]));
    const report = await world.report();
    expect([report.hasTrustedTime, report.order]).toEqual([false, null]);
    now = Date.now();
    await world.applied(first);
  });
});

describe('what can’t be applied', () => {
  it('is undone; what ran runs on, and the same announcement tries again', async () => {
    await begin(first);
    world.offer(second);
    world.engine.odd.set(1, { state: 'failed', reason: 'out of memory' });
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second]));
    const failed = await world.until('the failure', (facet) => facet('policy').state === 'failed');
    expect(failed.facets.find(({ facet }) => facet === 'policy')).toMatchObject({
      target: first.target,
      wanted: second.target,
      step: 'verify',
    });
    expect(world.active('policy')).toBe(first.target.sha256);
    expect((await world.engine.status()).expected?.policyDigest).toBe(first.target.sha256);
    world.engine.odd.clear();
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second]));
    await world.applied(second);
  });

  it('because the disk is full is applied once space returns and it is announced again', async () => {
    await begin(first);
    world.offer(second);
    world.disk.capacityBytes = [...world.disk.files.values()].reduce((sum, bytes) => sum + bytes.length, 0) + 700;
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second]));
    await waitUntil(
      'the refusal',
      () => world.link.reported.some(({ facets }) => facets.some(({ state }) => state === 'failed')) || undefined,
      {
        timeoutMs: 3_000,
      },
    ).catch(() => undefined);
    expect(world.active('policy')).toBe(first.target.sha256);
    world.disk.capacityBytes = Infinity;
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second]));
    await world.applied(second);
  });

  it('because it can’t be fetched yet stays pending and comes by itself', async () => {
    await begin(first);
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second]));
    await world.until('it to be tried', (facet) => facet('policy').state === 'pending' && facet('policy').reason !== undefined);
    world.offer(second);
    await world.applied(second);
  });

  it('cuts the box off from its controller, and is undone', async () => {
    await begin(first);
    world.offer(second);
    world.link.isUp = false;
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second]));
    await world.until('the undoing', (facet) => (facet('policy').reason ?? '').includes('out of reach'));
    expect((await world.engine.status()).expected?.policyDigest).toBe(first.target.sha256);
    world.link.isUp = true;
    await world.applied(second);
  });

  it('does not hold up the other facet', async () => {
    await begin(first);
    const broken = release('signatures', 'bad', { version: 1, name: 'crs' });
    world.offer(second, broken);
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second, broken]));
    await world.applied(second);
    await world.until('the pack to have failed', (facet) => facet('signatures').state === 'failed');
  });

  it('gives way to a newer desired state', async () => {
    await begin(first);
    const third = policy('3', 300);
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second]));
    world.offer(third);
    world.link.announce(desired({ epoch: 1, generation: 3 }, [third]));
    await world.applied(third);
    expect(world.done).not.toContain(`fetch ${second.target.path}`);
  });
});

describe('drift', () => {
  it('is a file that was edited', async () => {
    await begin(first);
    world.disk.files.set(ACTIVE.policy, Buffer.from('{}'));
    const report = await world.until('the drift', (facet) => facet('policy').state === 'drifted');
    const facet = report.facets.find((candidate) => candidate.facet === 'policy')!;
    expect(facet.renderedDigest).not.toBe(facet.expectedDigest);
    expect(facet.reason).toMatch(/was changed/);
  });

  it('is a worker that shows another digest', async () => {
    await begin(first);
    world.engine.odd.set(1, { policyDigest: 'f'.repeat(64) });
    const report = await world.until('the drift', (facet) => facet('policy').state === 'drifted');
    expect(report.facets.find(({ facet }) => facet === 'policy')?.reason).toMatch(/worker 1/);
  });

  it('of an engine that lost what is committed is healed from the committed files', async () => {
    await begin(first);
    world.offer(second);
    await world.engine.load('active');
    world.disk.files.set(join(HOME.engine, 'staged/policy.json'), second.bytes);
    await world.engine.load('staged');
    await world.applied(first);
  });
});

describe('killed at any moment', () => {
  /** How many things an undisturbed change does. */
  async function countEvents(): Promise<number> {
    let count = 0;
    world.boot(() => void count++);
    world.link.announce(desired({ epoch: 1, generation: 2 }, [second, pack('2')]));
    await world.applied(second, pack('2'));
    await world.halt();
    return count;
  }

  async function atFirst(): Promise<void> {
    world = new World();
    await begin(first, crs);
    world.offer(second, pack('2'));
    await world.halt();
    world.done.length = 0;
  }

  it('the engine has the old or the new release, and no step that was finished is done again', async () => {
    await atFirst();
    const total = await countEvents();
    expect(total).toBeGreaterThan(60);
    const valid = { policy: [first, second], signatures: [crs, pack('2')] };
    for (let killAt = 1; killAt <= total; killAt++) {
      await atFirst();
      let seen = 0;
      let isDead = false;
      const kill = () => {
        isDead ||= ++seen >= killAt;
        if (isDead) throw new Killed();
      };
      try {
        world.boot(kill);
        world.link.announce(desired({ epoch: 1, generation: 2 }, [second, pack('2')]));
      } catch (error) {
        // Killed while it was still starting.
        expect(error).toBeInstanceOf(Killed);
      }
      await waitUntil('the kill', () => isDead || undefined, { timeoutMs: 3_000, intervalMs: 1 });
      await world.halt();
      for (const facet of ['policy', 'signatures'] as const)
        expect(valid[facet].map(({ target }) => target.sha256)).toContain(world.active(facet));
      const engineDiesToo = killAt % 3 === 0;
      if (engineDiesToo) world.engine.restart();
      world.boot();
      world.link.announce(desired({ epoch: 1, generation: 2 }, [second, pack('2')]));
      await world.applied(second, pack('2'));
      const times = (name: string) => world.done.filter((entry) => entry === name).length;
      expect([killAt, times('load staged') <= 2, times(`fetch ${second.target.path}`) <= 2]).toEqual([killAt, true, true]);
      // Only the step in which the kill fell may be seen twice.
      const repeated = [...new Set(world.done)].filter((name) => times(name) > 1);
      expect([killAt, repeated.length <= (engineDiesToo ? 2 : 1)]).toEqual([killAt, true]);
      await world.halt();
    }
  }, 60_000);
});

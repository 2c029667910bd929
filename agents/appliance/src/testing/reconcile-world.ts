import { join } from 'node:path';
import {
  type AppliancePolicy,
  type DesiredState,
  type DownChannel,
  type DriverFacet,
  type EngineFacet,
  type Facet,
  type ReleaseReference,
  type ReportedState,
  reportedStateSchema,
  type StateOrder,
  type UpChannel,
} from '@phalanx/contracts';
import { AppError, canonicalJson, sha256Hex, silentLogger, sleep } from '@phalanx/kit';
import { waitUntil } from '@phalanx/testing';
import { generateStatementKey, signStatement } from '@phalanx/trust';
import { BlobStore, type ReleaseContent } from '../features/content/index.js';
import { type ReconcileFeature, type ReconcileOptions, startReconcile } from '../features/reconcile/index.js';
import { BoxHome } from '../platform/box-home.js';
import { ControllerLink, type DownHandler } from '../platform/controller-link.js';
import type { RecordedEvent } from '../platform/feature.js';
import { Killed, MemoryDisk } from './memory-disk.js';
import { MemoryDriver } from '../platform/memory-driver.js';
import { MemoryEngine } from '../platform/memory-engine.js';

export const BOX = { applianceId: '11111111-1111-4111-8111-111111111111', tenantId: '22222222-2222-4222-8222-222222222222' };
export const HOME = new BoxHome('/box');
const KEYS = generateStatementKey();
export const ACTIVE = { policy: join(HOME.engine, 'active/policy.json'), signatures: join(HOME.engine, 'active/signatures.json') };

class StubLink extends ControllerLink {
  readonly identity = { applianceId: BOX.applianceId, serial: 'ab' };
  readonly reported: ReportedState[] = [];
  isUp = true;
  /** The connection stands, but nothing comes through. */
  isDeaf = false;
  renewals = 0;
  private desired: DownHandler = () => undefined;

  connectionId(): string | null {
    return this.isUp ? 'connection' : null;
  }
  async publish(channel: UpChannel, payload: string | Buffer): Promise<void> {
    if (!this.isUp) throw new AppError('unavailable', 'link.not-connected', 'there is no connection');
    while (this.isDeaf) await sleep(5);
    if (channel === 'reported') this.reported.push(reportedStateSchema.parse(JSON.parse(payload.toString())));
  }
  onDown(_: DownChannel, handler: DownHandler): void {
    this.desired = handler;
  }
  onConnected(): void {}
  onDisconnected(): void {}
  renew(): void {
    this.renewals++;
  }
  announce(document: unknown): void {
    void this.desired(Buffer.from(JSON.stringify(document)));
  }
}

export interface Release {
  readonly facet: Facet;
  readonly target: ReleaseReference;
  readonly bytes: Buffer;
}

export function release(facet: Facet, version: string, content: unknown): Release {
  const bytes = Buffer.from(canonicalJson(content));
  const path = `${facet}/${version}.json`;
  return { facet, bytes, target: { repository: 'tenant', path, version, length: bytes.length, sha256: sha256Hex(bytes) } };
}

export function policy(version: string, foldAbovePerSecond: number, owner: Partial<AppliancePolicy> = {}): Release {
  const events = { foldAbovePerSecond, spoolLimitBytes: 1_048_576 };
  return release('policy', version, { version: 1, ...BOX, listenAddresses: ['127.0.0.1'], applications: [], events, ...owner });
}

export const pack = (version: string) =>
  release('signatures', version, { version: 1, name: 'crs', packVersion: version, load: ['a.conf'], files: { 'a.conf': `# ${version}` } });

export function desired(order: StateOrder, releases: readonly Release[], changes: Partial<DesiredState> = {}) {
  const facets = Object.fromEntries(releases.map(({ facet, target }) => [facet, target]));
  const controller = { mqttUrls: ['mqtts://c'], enrolmentUrls: ['https://c'] };
  const signed = { version: 1, ...BOX, order, issuedAt: new Date().toISOString(), facets, controller, ...changes };
  return signStatement(signed as DesiredState, [KEYS.privateKeyPem]);
}

/** One box whose agent can be booted, killed and booted again; its disk and its engine outlive the agent. */
export class ReconcileWorld {
  readonly disk = new MemoryDisk();
  readonly engine = new MemoryEngine({ home: HOME.engine, disk: this.disk.mount() });
  readonly offered = new Map<string, Buffer>();
  /** Everything that executors did, in order. */
  readonly done: string[] = [];
  readonly events: RecordedEvent[] = [];
  link = new StubLink();
  /** Drivers of the next boot; what they made outlives the agent, like a kernel's. */
  drivers: readonly MemoryDriver[] = [];
  /** Around each thing that the present process does. */
  onEvent: (name: string, moment: 'before' | 'after') => void = () => undefined;
  private feature: ReconcileFeature | null = null;
  private ending = new AbortController();

  offer(...releases: Release[]): void {
    for (const { target, bytes } of releases) this.offered.set(target.sha256, bytes);
  }

  /** Boots, and brings the box to these releases. */
  async begin(...releases: Release[]): Promise<void> {
    this.offer(...releases);
    this.boot();
    this.link.announce(desired({ epoch: 1, generation: 1 }, releases));
    await this.applied(...releases);
  }

  /** A new agent process on the same box. `onEvent` is called around each thing it does and may throw `Killed`. */
  boot(onEvent: (name: string, moment: 'before' | 'after') => void = () => undefined, options: Partial<ReconcileOptions> = {}): void {
    this.ending = new AbortController();
    this.link = new StubLink();
    this.onEvent = onEvent;
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
          refusals: () => engine.refusals(),
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
        troubleMs: 50,
        observeMs: 20,
        atOnceMs: 50,
        drivers: this.drivers,
        boxRun: 'first',
        ...options,
      },
    );
  }

  async halt(): Promise<void> {
    this.ending.abort(new Killed());
    this.link.isDeaf = false;
    await this.feature?.stop();
    this.feature = null;
  }

  /** A driver whose every single change is an event of this world. */
  addDriver(facet: DriverFacet, confirmMs?: () => number, onChanged: () => void = () => undefined): MemoryDriver {
    const onChange = (name: string) => {
      this.onEvent(`${facet} ${name}`, 'before');
      this.done.push(`${facet} ${name}`);
      onChanged();
    };
    const driver = new MemoryDriver(facet, onChange, confirmMs);
    this.drivers = [...this.drivers.filter((known) => known.facet !== facet), driver];
    return driver;
  }

  capabilities() {
    return this.feature!.capabilities();
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

  active(facet: EngineFacet): string | null {
    const bytes = this.disk.files.get(ACTIVE[facet]);
    return bytes ? sha256Hex(bytes) : null;
  }
}

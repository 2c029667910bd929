import { randomBytes, randomUUID } from 'node:crypto';
import type { DownChannel, EnrolmentIdentity, EventAck, UpChannel } from '@phalanx/contracts';
import { silentLogger } from '@phalanx/kit';
import { startPostgres } from '@phalanx/testing';
import { DataSource } from 'typeorm';
import { appliancesMigrations } from '../features/appliances/index.js';
import { EventIngest } from '../features/events/event-ingest.service.js';
import { EventIngress } from '../features/events/event-ingress.mqtt.js';
import { EventListRepository } from '../features/events/event-list.repository.js';
import { EventStore } from '../features/events/event-store.js';
import { EventsRepository } from '../features/events/events.repository.js';
import { eventsMigrations } from '../features/events/index.js';
import { LedgerRepository } from '../features/events/ledger.repository.js';
import { RollupsRepository } from '../features/events/rollups.repository.js';
import { BoxClocks } from '../features/health/box-clocks.js';
import { HealthMinutesRepository } from '../features/health/health-minutes.repository.js';
import { HealthRepository } from '../features/health/health.repository.js';
import { HealthService } from '../features/health/health.service.js';
import { healthMigrations } from '../features/health/index.js';
import { OfflineRepository } from '../features/health/offline.repository.js';
import { OfflineSweep } from '../features/health/offline-sweep.js';
import { partitionsMigrations } from '../features/partitions/index.js';
import { Partitions } from '../features/partitions/partitions.js';
import { PartitionsRepository } from '../features/partitions/partitions.repository.js';
import { tenantsMigrations } from '../features/tenants/index.js';
import { type AuditRecord, AuditTrail } from '../platform/audit/audit-trail.js';
import { Envelope } from '../platform/crypto/envelope.js';
import { appRoleUrl } from '../platform/db/app-role.js';
import { Database } from '../platform/db/database.js';
import { migrate } from '../platform/db/migrate.js';
import { Platform1763700000000 } from '../platform/db/migrations/1-platform.js';
import { LiveBus, type LiveHint } from '../platform/live/live-bus.js';
import { MqttLink, type UpHandler, type UpMessage } from '../platform/mqtt/mqtt-link.js';
import { WorkQueue } from '../platform/queue/work-queue.js';
import { Roles } from '../platform/roles.js';

/** Keeps what was recorded. */
class RecordingTrail extends AuditTrail {
  readonly entries: AuditRecord[] = [];

  async record(entry: AuditRecord): Promise<void> {
    this.entries.push(entry);
  }

  recordApart(entry: AuditRecord): Promise<void> {
    return this.record(entry);
  }
}

/** A link without a broker: messages go straight to the handlers, what is published is kept. */
class LoopbackLink extends MqttLink {
  readonly published: { identity: EnrolmentIdentity; channel: DownChannel; payload: string }[] = [];
  connectedSince: Date | null = new Date(0);
  private readonly handlers = new Map<UpChannel, UpHandler>();

  onUp(channel: UpChannel, handler: UpHandler): void {
    this.handlers.set(channel, handler);
  }

  async publish(identity: EnrolmentIdentity, channel: DownChannel, payload: string | Buffer): Promise<void> {
    if (payload.length > 0) this.published.push({ identity, channel, payload: payload.toString() });
  }

  async clearRetained(): Promise<void> {}
  onConnected(): void {}

  receiving() {
    return { connectedSince: this.connectedSince, lastMessageAt: null };
  }

  async deliver(message: UpMessage): Promise<void> {
    await this.handlers.get(message.channel)!(message);
  }

  acks(): EventAck[] {
    return this.published.filter(({ channel }) => channel === 'ack').map(({ payload }) => JSON.parse(payload) as EventAck);
  }
}

class RecordingBus extends LiveBus {
  readonly hints: LiveHint[] = [];
  publish(hint: LiveHint): void {
    this.hints.push(hint);
  }
  subscribe(): () => void {
    return () => undefined;
  }
}

class IdleQueue extends WorkQueue {
  handle(): void {}
  every(): void {}
  async add(): Promise<void> {}
}

export interface TestBox {
  readonly tenantId: string;
  readonly applianceId: string;
}

export type IngressFixture = Awaited<ReturnType<typeof startIngressFixture>>;

/** The ingress features on a real database, without broker and HTTP: two tenants with two appliances each. */
export async function startIngressFixture({ durable = false }: { durable?: boolean } = {}) {
  const postgres = await startPostgres({ durable });
  const envelope = new Envelope(randomBytes(32));
  const migrations = [
    Platform1763700000000,
    ...tenantsMigrations,
    ...appliancesMigrations,
    ...partitionsMigrations,
    ...eventsMigrations,
    ...healthMigrations,
  ];
  await migrate(postgres.ownerUrl, envelope, migrations);
  const owner = await new DataSource({ type: 'postgres', url: postgres.ownerUrl, poolSize: 2 }).initialize();
  const app = await new DataSource({ type: 'postgres', url: appRoleUrl(postgres.ownerUrl, envelope), poolSize: 10 }).initialize();
  // As in `DatabaseModule`: a connection that the server ends is the pool's to replace.
  (app.driver as unknown as { master: { on(event: 'error', listener: () => void): void } }).master.on('error', () => undefined);
  const database = new Database(app);
  const link = new LoopbackLink();
  const live = new RecordingBus();
  const trail = new RecordingTrail();
  const partitions = new Partitions(new PartitionsRepository(app), new IdleQueue(), new Roles(['ingress']), silentLogger);
  partitions.register({ parent: 'events', unit: 'day', keepDays: 35 });
  partitions.register({ parent: 'dead_letters', unit: 'day', keepDays: 35 });
  partitions.register({ parent: 'event_rollups', unit: 'month', keepDays: 400 });
  partitions.register({ parent: 'health_minutes', unit: 'day', keepDays: 35 });
  const healthRows = new HealthRepository(database);
  const clocks = new BoxClocks(database, healthRows);
  const ledger = new LedgerRepository(database);
  const rollups = new RollupsRepository(database);
  const store = new EventStore(database, ledger, new EventsRepository(database), rollups);
  const ingest = new EventIngest(database, store, clocks, partitions, live, silentLogger);
  const ingress = new EventIngress(
    link,
    ingest,
    { EVENTS_INGEST_CONCURRENCY: 4, EVENTS_INGEST_QUEUE: 64, EVENTS_KEEP_DAYS: 35, EVENTS_ROLLUP_KEEP_DAYS: 400 },
    silentLogger,
  );
  ingress.onModuleInit();
  const health = new HealthService(database, healthRows, new HealthMinutesRepository(database), partitions, live, trail);
  const offline = new OfflineRepository(database);
  const newSweep = () => new OfflineSweep(link, offline, live, new Roles(['ingress']), silentLogger);
  return {
    postgres,
    owner,
    app,
    database,
    link,
    live,
    trail,
    partitions,
    ingest,
    ingress,
    ledger,
    rollups,
    health,
    healthRows,
    offline,
    newSweep,
    events: new EventListRepository(database),
    boxes: await addBoxes(owner),
    stop: async () => {
      await app.destroy();
      await owner.destroy();
      await postgres.stop();
    },
  };
}

/** Two tenants with two appliances each: boxes 0 and 1 are the first tenant's. */
async function addBoxes(owner: DataSource): Promise<readonly [TestBox, TestBox, TestBox, TestBox]> {
  const boxes: TestBox[] = [];
  for (const name of ['first', 'second']) {
    const [tenantId, siteId, clusterId] = [randomUUID(), randomUUID(), randomUUID()];
    await owner.query('insert into tenants (id, name, slug) values ($1, $2, $2)', [tenantId, name]);
    await owner.query(`insert into sites (id, tenant_id, name, time_zone) values ($1, $2, 'site', 'UTC')`, [siteId, tenantId]);
    await owner.query(`insert into clusters (id, tenant_id, site_id, name, kind) values ($1, $2, $3, 'pair', 'pair')`, [
      clusterId,
      tenantId,
      siteId,
    ]);
    for (const box of ['a', 'b']) {
      const applianceId = randomUUID();
      await owner.query(
        `insert into appliances (id, tenant_id, site_id, cluster_id, name, listen_addresses) values ($1, $2, $3, $4, $5, '{127.0.0.1}')`,
        [applianceId, tenantId, siteId, clusterId, box],
      );
      boxes.push({ tenantId, applianceId });
    }
  }
  return boxes as unknown as readonly [TestBox, TestBox, TestBox, TestBox];
}

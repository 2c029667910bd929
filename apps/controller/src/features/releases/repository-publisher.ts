import { Inject, Injectable } from '@nestjs/common';
import type { ReleaseReference } from '@phalanx/contracts';
import {
  entryOf,
  generateRoleKey,
  loadRoleKey,
  type RootKeys,
  roleForTarget,
  type StoredRoleKey,
  targetRoles,
  writeRoot,
  writeSnapshot,
  writeTargets,
  writeTimestamp,
} from '@phalanx/trust';
import type { ConfigOf } from '../../platform/config/config-slice.js';
import { Envelope } from '../../platform/crypto/envelope.js';
import { ChunkRows } from './chunks.repository.js';
import { releasesConfig } from './releases.config.js';
import type { RepositoryOwner } from './owner.repository.js';
import { type RepositoryRow, RepositoryRows, type TargetRow } from './repository-rows.repository.js';

/** A release to publish: where it stands, the version that people read, and its bytes. */
export interface NewTarget {
  readonly path: string;
  readonly version: string;
  readonly bytes: Buffer;
}

/** A tenant's policies are many and change often: 32 bins keep each publication and each download small. */
const TENANT_BIN_BITS = 5;
const PROVIDER_BIN_BITS = 0;
const DAY_MS = 86_400_000;
/** Ticks that publications may have run ahead of the clock. */
const RAISE_AHEAD = 1_000;
/** Nobody publishes ten times a second for long. The number has ten digits until 2051. */
const VERSION_TICK_MS = 100;
const VERSION_EPOCH_MS = Date.UTC(2020, 0, 1);
/** A client that began with an older timestamp still finds what it named for so long. */
const SUPERSEDED_MS = 3_600_000;

type KeyNames = 'root' | 'targets' | 'snapshot' | 'timestamp';
const KEY_PURPOSE = 'tuf-keys';

/**
 * Writes one TUF repository per owner. All methods work in the caller's transaction, under the repository's lock.
 *
 * Versions follow the clock (tenths of a second since 2020) where that is ahead of counting: a controller whose database was restored from an
 * older backup then still publishes versions above those that boxes already trust.
 */
@Injectable()
export class RepositoryPublisher {
  constructor(
    private readonly rows: RepositoryRows,
    private readonly chunks: ChunkRows,
    private readonly envelope: Envelope,
    @Inject(releasesConfig.token) private readonly config: ConfigOf<typeof releasesConfig>,
  ) {}

  /** Adds and retires targets in one publication. Answers the references of what was added, in the same order. */
  async publish(owner: RepositoryOwner, added: readonly NewTarget[], retired: readonly string[] = []): Promise<ReleaseReference[]> {
    const repository = await this.open(owner);
    const digests = await this.chunks.store(
      owner,
      added.map((target) => target.bytes),
    );
    const targets = added.map(({ path, version, bytes }, index): TargetRow => ({
      path,
      version,
      role: roleForTarget(path, repository.binBits),
      length: bytes.length,
      sha256: digests[index]!,
    }));
    const gone = retired.filter((path) => !targets.some((target) => target.path === path));
    if (targets.length > 0) await this.rows.saveTargets(owner, targets);
    if (gone.length > 0) await this.rows.removeTargets(owner, gone);
    const touched = new Set([...targets.map((target) => target.path), ...gone].map((path) => roleForTarget(path, repository.binBits)));
    await this.sign(repository, this.keysOf(repository), [...touched]);
    return targets.map(({ path, version, length, sha256 }) => ({
      repository: owner === null ? ('provider' as const) : ('tenant' as const),
      path,
      version,
      length,
      sha256,
    }));
  }

  /** Makes the owner's repository when there is none yet, and answers the JSON text of its present root. */
  async root(owner: RepositoryOwner): Promise<string> {
    const { rootVersion } = await this.open(owner);
    return (await this.rows.metadata(owner, `${rootVersion}.root.json`))!.toString('utf8');
  }

  /** Signs anew what is past half of its life. Also sweeps old content. */
  async renew(owner: RepositoryOwner): Promise<void> {
    let repository = await this.open(owner);
    const keys = this.keysOf(repository);
    const isDue = (expiresAt: Date, days: number) => expiresAt.getTime() - Date.now() < (days * DAY_MS) / 2;
    if (isDue(repository.rootExpiresAt, this.config.PHALANX_TUF_ROOT_DAYS)) repository = await this.signRoot(repository, keys);
    const lists = await this.rows.lists(owner);
    const due = lists.filter((list) => isDue(list.expiresAt, this.config.PHALANX_TUF_TARGETS_DAYS)).map((list) => list.role);
    const isStale =
      due.length > 0 ||
      isDue(repository.timestampExpiresAt, this.config.PHALANX_TUF_TIMESTAMP_DAYS) ||
      isDue(repository.snapshotExpiresAt, this.config.PHALANX_TUF_TARGETS_DAYS);
    if (isStale) await this.sign(repository, keys, due);
    await this.rows.forgetSuperseded(owner, SUPERSEDED_MS);
    await this.chunks.forgetUnnamed(owner, SUPERSEDED_MS);
  }

  /** Signs everything with versions ahead of the clock: boxes may have seen higher ones than the database knows. */
  async raise(owner: RepositoryOwner): Promise<void> {
    const repository = await this.open(owner);
    const roles = (await this.rows.lists(owner)).map((list) => list.role);
    await this.sign(repository, this.keysOf(repository), roles, RAISE_AHEAD);
  }

  private async open(owner: RepositoryOwner): Promise<RepositoryRow> {
    const existing = await this.rows.lock(owner);
    if (existing) return existing;
    await this.rows.lockCreation(owner);
    return (await this.rows.lock(owner)) ?? this.create(owner);
  }

  private async create(owner: RepositoryOwner): Promise<RepositoryRow> {
    const stored: Record<KeyNames, StoredRoleKey> = {
      root: generateRoleKey(),
      targets: generateRoleKey(),
      snapshot: generateRoleKey(),
      timestamp: generateRoleKey(),
    };
    const binBits = owner === null ? PROVIDER_BIN_BITS : TENANT_BIN_BITS;
    const empty: RepositoryRow = {
      owner,
      binBits,
      keys: this.envelope.seal(KEY_PURPOSE, owner ?? 'provider', JSON.stringify(stored)),
      rootVersion: 0,
      rootExpiresAt: new Date(0),
      snapshotVersion: 0,
      snapshotExpiresAt: new Date(0),
      timestampVersion: 0,
      timestampExpiresAt: new Date(0),
    };
    const keys = this.keysOf(empty);
    const roles = binBits === 0 ? ['targets'] : ['targets', ...targetRoles(binBits)];
    return this.sign(await this.signRoot(empty, keys), keys, roles);
  }

  private async signRoot(repository: RepositoryRow, keys: RootKeys): Promise<RepositoryRow> {
    const rootExpiresAt = inDays(this.config.PHALANX_TUF_ROOT_DAYS);
    const file = writeRoot(repository.rootVersion + 1, keys, rootExpiresAt);
    await this.rows.saveMetadata(repository.owner, [{ role: 'root', file }]);
    const next = { ...repository, rootVersion: file.version, rootExpiresAt };
    await this.rows.save(next);
    return next;
  }

  /** Signs the lists of these roles, then a snapshot of all lists and the timestamp that names it. */
  private async sign(repository: RepositoryRow, keys: RootKeys, roles: readonly string[], ahead = 0): Promise<RepositoryRow> {
    const { owner } = repository;
    const lists = new Map((await this.rows.lists(owner)).map((list) => [list.role, list]));
    const listed = await this.rows.targetsOf(owner, roles);
    const expiresAt = inDays(this.config.PHALANX_TUF_TARGETS_DAYS);
    const signed = roles.map((role) => {
      const targets = Object.fromEntries(listed.filter((target) => target.role === role).map((target) => [target.path, target]));
      const binBits = role === 'targets' ? repository.binBits : 0;
      return {
        role,
        file: writeTargets({ role, version: nextVersion(lists.get(role)?.version, ahead), expiresAt, targets, binBits }, keys.targets),
      };
    });
    const renewed = signed.map(({ role, file }) => ({ role, ...entryOf(file), expiresAt }));
    for (const list of renewed) lists.set(list.role, list);
    const snapshot = writeSnapshot(nextVersion(repository.snapshotVersion, ahead), Object.fromEntries(lists), expiresAt, keys.snapshot);
    const timestampExpiresAt = inDays(this.config.PHALANX_TUF_TIMESTAMP_DAYS);
    const timestamp = writeTimestamp(
      nextVersion(repository.timestampVersion, ahead),
      entryOf(snapshot),
      timestampExpiresAt,
      keys.timestamp,
    );
    await this.rows.saveLists(owner, renewed);
    await this.rows.saveMetadata(owner, [...signed, { role: 'snapshot', file: snapshot }, { role: 'timestamp', file: timestamp }]);
    const next = {
      ...repository,
      snapshotVersion: snapshot.version,
      snapshotExpiresAt: expiresAt,
      timestampVersion: timestamp.version,
      timestampExpiresAt,
    };
    await this.rows.save(next);
    return next;
  }

  private keysOf(repository: RepositoryRow): RootKeys {
    const opened = this.envelope.open(KEY_PURPOSE, repository.owner ?? 'provider', repository.keys).toString('utf8');
    const stored = JSON.parse(opened) as Record<KeyNames, StoredRoleKey>;
    return {
      root: [loadRoleKey(stored.root)],
      targets: [loadRoleKey(stored.targets)],
      snapshot: [loadRoleKey(stored.snapshot)],
      timestamp: [loadRoleKey(stored.timestamp)],
    };
  }
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}

function nextVersion(previous = 0, ahead: number): number {
  return Math.max(previous + 1, Math.floor((Date.now() - VERSION_EPOCH_MS) / VERSION_TICK_MS) + ahead);
}

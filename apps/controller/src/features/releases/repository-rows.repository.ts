import { Injectable } from '@nestjs/common';
import type { MetadataEntry, MetadataFile, TargetEntry } from '@phalanx/trust';
import { Database } from '../../platform/db/database.js';
import { ownedBy, type RepositoryOwner } from './owner.repository.js';

export interface RepositoryRow {
  readonly owner: RepositoryOwner;
  readonly binBits: number;
  /** Sealed. */
  readonly keys: Buffer;
  readonly rootVersion: number;
  readonly rootExpiresAt: Date;
  readonly snapshotVersion: number;
  readonly snapshotExpiresAt: Date;
  readonly timestampVersion: number;
  readonly timestampExpiresAt: Date;
}

export interface ListRow extends MetadataEntry {
  readonly role: string;
  readonly expiresAt: Date;
}

export interface TargetRow extends TargetEntry {
  readonly path: string;
  readonly role: string;
  readonly version: string;
}

const COLUMNS = `tenant_id as owner, bin_bits as "binBits", keys, root_version as "rootVersion", root_expires_at as "rootExpiresAt",
  snapshot_version::float8 as "snapshotVersion", snapshot_expires_at as "snapshotExpiresAt",
  timestamp_version::float8 as "timestampVersion", timestamp_expires_at as "timestampExpiresAt"`;

/** SQL of `tuf_repositories`, `tuf_lists`, `tuf_targets` and `tuf_metadata`, in the transaction of the caller. */
@Injectable()
export class RepositoryRows {
  constructor(private readonly database: Database) {}

  /** Locks the owner's repository until the transaction ends: its publications stand one after another. Null where there is none yet. */
  async lock(owner: RepositoryOwner): Promise<RepositoryRow | null> {
    const rows = await this.query<RepositoryRow>(`select ${COLUMNS} from tuf_repositories where ${ownedBy('$1')} for update`, [owner]);
    return rows[0] ?? null;
  }

  /** Holds back everybody else who wants to make this owner's repository. */
  async lockCreation(owner: RepositoryOwner): Promise<void> {
    await this.query(`select pg_advisory_xact_lock(hashtextextended('tuf:' || coalesce($1::text, 'provider'), 0))`, [owner]);
  }

  async save(row: RepositoryRow): Promise<void> {
    await this.query(
      `insert into tuf_repositories (tenant_id, bin_bits, keys, root_version, root_expires_at, snapshot_version, snapshot_expires_at,
         timestamp_version, timestamp_expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       on conflict (tenant_id) do update set root_version = excluded.root_version, root_expires_at = excluded.root_expires_at,
         snapshot_version = excluded.snapshot_version, snapshot_expires_at = excluded.snapshot_expires_at,
         timestamp_version = excluded.timestamp_version, timestamp_expires_at = excluded.timestamp_expires_at`,
      [
        row.owner,
        row.binBits,
        row.keys,
        row.rootVersion,
        row.rootExpiresAt,
        row.snapshotVersion,
        row.snapshotExpiresAt,
        row.timestampVersion,
        row.timestampExpiresAt,
      ],
    );
  }

  lists(owner: RepositoryOwner): Promise<ListRow[]> {
    return this.query(`select role, version::float8, length, sha256, expires_at as "expiresAt" from tuf_lists where ${ownedBy('$1')}`, [
      owner,
    ]);
  }

  async saveLists(owner: RepositoryOwner, lists: readonly ListRow[]): Promise<void> {
    if (lists.length === 0) return;
    await this.query(
      `insert into tuf_lists (tenant_id, role, version, length, sha256, expires_at)
       select $1, * from unnest($2::text[], $3::bigint[], $4::int[], $5::text[], $6::timestamptz[])
       on conflict (tenant_id, role) do update set version = excluded.version, length = excluded.length, sha256 = excluded.sha256,
         expires_at = excluded.expires_at`,
      [
        owner,
        lists.map((list) => list.role),
        lists.map((list) => list.version),
        lists.map((list) => list.length),
        lists.map((list) => list.sha256),
        lists.map((list) => list.expiresAt),
      ],
    );
  }

  targetsOf(owner: RepositoryOwner, roles: readonly string[]): Promise<TargetRow[]> {
    return this.query(`select path, role, version, length::int, sha256 from tuf_targets where ${ownedBy('$1')} and role = any($2)`, [
      owner,
      roles,
    ]);
  }

  /** Paths of the form `<folder>/<subject>/…` that are listed for these subjects. */
  async pathsOf(owner: RepositoryOwner, folder: string, subjects: readonly string[]): Promise<string[]> {
    const rows = await this.query<{ path: string }>(
      `select path from tuf_targets where ${ownedBy('$1')} and split_part(path, '/', 1) = $2 and split_part(path, '/', 2) = any($3)`,
      [owner, folder, subjects],
    );
    return rows.map((row) => row.path);
  }

  /** Second parts of all listed paths in a folder. */
  async subjectsOf(owner: RepositoryOwner, folder: string): Promise<string[]> {
    const rows = await this.query<{ subject: string }>(
      `select distinct split_part(path, '/', 2) as subject from tuf_targets where ${ownedBy('$1')} and split_part(path, '/', 1) = $2`,
      [owner, folder],
    );
    return rows.map((row) => row.subject);
  }

  async saveTargets(owner: RepositoryOwner, targets: readonly TargetRow[]): Promise<void> {
    await this.query(
      `insert into tuf_targets (tenant_id, path, role, version, length, sha256)
       select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[])
       on conflict (tenant_id, path) do update set version = excluded.version, length = excluded.length, sha256 = excluded.sha256`,
      [
        owner,
        targets.map((target) => target.path),
        targets.map((target) => target.role),
        targets.map((target) => target.version),
        targets.map((target) => target.length),
        targets.map((target) => target.sha256),
      ],
    );
  }

  async removeTargets(owner: RepositoryOwner, paths: readonly string[]): Promise<void> {
    await this.query(`delete from tuf_targets where ${ownedBy('$1')} and path = any($2)`, [owner, paths]);
  }

  async saveMetadata(owner: RepositoryOwner, signed: readonly { role: string; file: MetadataFile }[]): Promise<void> {
    await this.query(
      `insert into tuf_metadata (tenant_id, name, role, version, sha256, body)
       select $1, * from unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::bytea[])
       on conflict (tenant_id, name) do update set version = excluded.version, sha256 = excluded.sha256, body = excluded.body,
         created_at = now()`,
      [
        owner,
        signed.map(({ file }) => file.name),
        signed.map(({ role }) => role),
        signed.map(({ file }) => file.version),
        signed.map(({ file }) => file.sha256),
        signed.map(({ file }) => file.bytes),
      ],
    );
  }

  async metadata(owner: RepositoryOwner, name: string): Promise<Buffer | null> {
    const rows = await this.query<{ body: Buffer }>(`select body from tuf_metadata where ${ownedBy('$1')} and name = $2`, [owner, name]);
    return rows[0]?.body ?? null;
  }

  /** Forgets files that a client which began before the age can't want any more. Roots stay: a box may have to walk along them. */
  async forgetSuperseded(owner: RepositoryOwner, ageMs: number): Promise<void> {
    await this.query(
      `delete from tuf_metadata old using tuf_metadata next
        where ${ownedBy('$1', 'old.tenant_id')} and ${ownedBy('$1', 'next.tenant_id')} and next.role = old.role
          and next.version > old.version and old.role <> 'root' and next.created_at < now() - $2 * interval '1 millisecond'`,
      [owner, ageMs],
    );
  }

  private query<T>(sql: string, parameters: readonly unknown[]): Promise<T[]> {
    return this.database.em().query(sql, [...parameters]);
  }
}

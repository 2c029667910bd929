import { Injectable } from '@nestjs/common';
import type { PackView, ReleaseReference } from '@phalanx/contracts';
import { Database } from '../../platform/db/database.js';

export interface PackRow extends Omit<PackView, 'createdAt'> {
  readonly createdAt: Date;
}

const COLUMNS = `id, name, pack_version as "packVersion", path, length::int, sha256, files, created_at as "createdAt", created_by as "createdBy"`;

/** SQL of `signature_packs`, which belong to the provider and are the same for every tenant. */
@Injectable()
export class PackRows {
  constructor(private readonly database: Database) {}

  async add(pack: Omit<PackRow, 'id' | 'createdAt'>): Promise<PackRow> {
    const rows: PackRow[] = await this.database.em().query(
      `insert into signature_packs (name, pack_version, path, length, sha256, files, created_by)
       values ($1, $2, $3, $4, $5, $6, $7) returning ${COLUMNS}`,
      [pack.name, pack.packVersion, pack.path, pack.length, pack.sha256, pack.files, pack.createdBy],
    );
    return rows[0]!;
  }

  async byId(id: string): Promise<PackRow | null> {
    const rows: PackRow[] = await this.database.em().query(`select ${COLUMNS} from signature_packs where id = $1`, [id]);
    return rows[0] ?? null;
  }

  async byName(name: string, packVersion: string): Promise<PackRow | null> {
    const rows: PackRow[] = await this.database
      .em()
      .query(`select ${COLUMNS} from signature_packs where name = $1 and pack_version = $2`, [name, packVersion]);
    return rows[0] ?? null;
  }

  /** Newest first. */
  list(name: string | null, after: readonly [string, string] | null, limit: number): Promise<PackRow[]> {
    return this.database.em().query(
      `select ${COLUMNS} from signature_packs
        where ($1::text is null or name = $1) and ($2::timestamptz is null or (created_at, id) < ($2, $3::uuid))
        order by created_at desc, id desc limit $4`,
      [name, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
  }
}

/** The release that a box is told to run. */
export function referenceOf(pack: PackRow): ReleaseReference {
  return { repository: 'provider', path: pack.path, version: pack.packVersion, length: pack.length, sha256: pack.sha256 };
}

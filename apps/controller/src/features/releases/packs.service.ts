import { Injectable } from '@nestjs/common';
import type { PackView, Page, ReleaseReference, SignaturePack } from '@phalanx/contracts';
import { AppError, canonicalJson, sha256Hex } from '@phalanx/kit';
import { z } from 'zod';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { decodeCursor, toPage } from '../../platform/http/cursor.js';
import { type PackRow, PackRows, referenceOf } from './packs.repository.js';
import { RepositoryPublisher } from './repository-publisher.js';

const PLACE = z.tuple([z.iso.datetime(), z.uuid()]);
/** A version becomes part of a target's path. */
const PATH_SAFE = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Signature packs of the provider's repository. All methods work in the caller's transaction. */
@Injectable()
export class PacksService {
  constructor(
    private readonly rows: PackRows,
    private readonly publisher: RepositoryPublisher,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Publishes a pack; needs the provider's scope. The same pack again is answered as it stands; other content under a version that
   * is taken is a `conflict`.
   */
  async importPack(pack: SignaturePack, createdBy: string): Promise<PackView> {
    if (!PATH_SAFE.test(pack.packVersion))
      throw new AppError('invalid', 'releases.pack-version', 'the version must be of letters, digits, dots, hyphens and underscores');
    const bytes = Buffer.from(canonicalJson(pack));
    const sha256 = sha256Hex(bytes);
    const known = await this.rows.byName(pack.name, pack.packVersion);
    if (known?.sha256 === sha256) return viewOf(known);
    if (known) throw new AppError('conflict', 'releases.pack-exists', `${pack.name} ${pack.packVersion} is published with other content`);
    const path = `signatures/${pack.name}/${pack.packVersion}.json`;
    await this.publisher.publish(null, [{ path, version: pack.packVersion, bytes }]);
    const row = await this.rows.add({
      name: pack.name,
      packVersion: pack.packVersion,
      path,
      length: bytes.length,
      sha256,
      files: Object.keys(pack.files).length,
      createdBy,
    });
    await this.audit.record({
      tenantId: null,
      action: 'signature-pack.publish',
      subject: `signature-pack:${row.id}`,
      details: { name: row.name, packVersion: row.packVersion, sha256 },
    });
    return viewOf(row);
  }

  async list(query: { limit: number; cursor?: string | undefined; name?: string | undefined }): Promise<Page<PackView>> {
    const after = decodeCursor(query.cursor, PLACE);
    const rows = await this.rows.list(query.name ?? null, after, query.limit + 1);
    return toPage(rows, query.limit, viewOf, (row) => [row.createdAt.toISOString(), row.id]);
  }

  async get(id: string): Promise<PackView> {
    return viewOf(await this.find(id));
  }

  /** The release of a pack. Throws `not-found` for one that there is not. */
  async reference(id: string): Promise<ReleaseReference> {
    return referenceOf(await this.find(id));
  }

  private async find(id: string): Promise<PackRow> {
    const row = await this.rows.byId(id);
    if (!row) throw new AppError('not-found', 'releases.pack-not-found', 'there is no such signature pack');
    return row;
  }
}

function viewOf(row: PackRow): PackView {
  return { ...row, createdAt: row.createdAt.toISOString() };
}

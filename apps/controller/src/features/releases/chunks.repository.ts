import { Injectable } from '@nestjs/common';
import { CHUNK_BYTES, type ChunkManifest } from '@phalanx/contracts';
import { sha256Hex } from '@phalanx/kit';
import { Database } from '../../platform/db/database.js';
import { ownedBy, type RepositoryOwner } from './owner.repository.js';

export interface Chunk {
  readonly sha256: string;
  readonly body: Buffer;
}

interface Piece {
  readonly blob: string;
  readonly index: number;
  readonly body: Buffer;
}

const PIECES_PER_STATEMENT = 64;

/** An empty blob still has its one, empty, piece. */
function piecesOf(blob: string, bytes: Buffer): Piece[] {
  return Array.from({ length: Math.max(1, Math.ceil(bytes.length / CHUNK_BYTES)) }, (_, index) => ({
    blob,
    index,
    body: bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
  }));
}

/** Content-addressed blobs in pieces of `CHUNK_BYTES`: the table `content_chunks`, in the transaction of the caller. */
@Injectable()
export class ChunkRows {
  constructor(private readonly database: Database) {}

  /** Stores blobs once each. Answers their digests, in the same order. */
  async store(owner: RepositoryOwner, blobs: readonly Buffer[]): Promise<string[]> {
    const digests = blobs.map((blob) => sha256Hex(blob));
    const pieces = blobs.flatMap((blob, blobIndex) => piecesOf(digests[blobIndex]!, blob));
    // A few at a time: a large pack must not become one huge statement.
    for (let start = 0; start < pieces.length; start += PIECES_PER_STATEMENT)
      await this.insert(owner, pieces.slice(start, start + PIECES_PER_STATEMENT));
    return digests;
  }

  private async insert(owner: RepositoryOwner, pieces: readonly Piece[]): Promise<void> {
    const unique = [...new Map(pieces.map((piece) => [`${piece.blob} ${piece.index}`, piece])).values()];
    await this.database.em().query(
      // A blob that comes back into use must not be swept as an old one.
      `insert into content_chunks (tenant_id, blob_sha256, index, sha256, body)
       select $1, * from unnest($2::text[], $3::int[], $4::text[], $5::bytea[])
       on conflict (tenant_id, blob_sha256, index) do update set created_at = now()`,
      [
        owner,
        unique.map((piece) => piece.blob),
        unique.map((piece) => piece.index),
        unique.map((piece) => sha256Hex(piece.body)),
        unique.map((piece) => piece.body),
      ],
    );
  }

  async chunk(owner: RepositoryOwner, sha256: string, index: number): Promise<Chunk | null> {
    const rows: Chunk[] = await this.database
      .em()
      .query(`select sha256, body from content_chunks where ${ownedBy('$1')} and blob_sha256 = $2 and index = $3`, [owner, sha256, index]);
    return rows[0] ?? null;
  }

  async manifest(owner: RepositoryOwner, sha256: string): Promise<ChunkManifest | null> {
    const rows: { sha256: string; length: number }[] = await this.database.em().query(
      `select sha256, octet_length(body) as length from content_chunks
        where ${ownedBy('$1')} and blob_sha256 = $2 order by index`,
      [owner, sha256],
    );
    if (rows.length === 0) return null;
    const length = rows.reduce((sum, row) => sum + row.length, 0);
    return { sha256, length, chunkBytes: CHUNK_BYTES, chunks: rows.map((row) => row.sha256) };
  }

  /** Forgets blobs that no target names and that are older than the age. */
  async forgetUnnamed(owner: RepositoryOwner, ageMs: number): Promise<void> {
    await this.database.em().query(
      `delete from content_chunks c where ${ownedBy('$1', 'c.tenant_id')} and c.created_at < now() - $2 * interval '1 millisecond'
          and not exists (select from tuf_targets t where ${ownedBy('$1', 't.tenant_id')} and t.sha256 = c.blob_sha256)`,
      [owner, ageMs],
    );
  }
}

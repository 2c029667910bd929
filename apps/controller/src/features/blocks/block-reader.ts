import { Injectable } from '@nestjs/common';
import type {
  BlockProofView,
  blockQuerySchema,
  blockReleaseQuerySchema,
  BlockReleaseView,
  BlockView,
  boxBlockQuerySchema,
  BoxBlockView,
  Page,
} from '@phalanx/contracts';
import { instantSchema, ipAddressSchema, networkSchema, uuidSchema } from '@phalanx/contracts';
import { isIP } from 'node:net';
import { z } from 'zod';
import { decodeCursor, toPage } from '../../platform/http/cursor.js';
import { BoxFigures } from '../health/index.js';
import { type BlockRow, BlockRows } from './block-rows.repository.js';
import { badSearch, blockNotFound } from './blocks.errors.js';
import { FleetRows, type ProofRow } from './fleet-rows.repository.js';
import { ReleaseRows } from './release-rows.repository.js';

const placeSchema = z.tuple([instantSchema, uuidSchema]);
/** An appliance's or a tenant's id, then an address. */
const boxPlaceSchema = z.tuple([uuidSchema, z.union([ipAddressSchema, networkSchema])]);

/** Shows what the fleet refuses, and what proves it. In the transaction of the caller. */
@Injectable()
export class BlockReader {
  constructor(
    private readonly rows: BlockRows,
    private readonly releases: ReleaseRows,
    private readonly fleet: FleetRows,
    private readonly figures: BoxFigures,
  ) {}

  async list({ cursor, address, ...query }: z.output<typeof blockQuerySchema>): Promise<Page<BlockView>> {
    const after = decodeCursor(cursor, placeSchema);
    const rows = await this.rows.list({ ...query, ...searchOf(address), after, limit: query.limit + 1 });
    return toPage(rows, query.limit, viewOf, (row) => [row.createdAt.toISOString(), row.id]);
  }

  async get(id: string): Promise<BlockView> {
    const [row] = await this.rows.list({ id, limit: 1 });
    if (!row) throw blockNotFound();
    return viewOf(row);
  }

  async proof(id: string): Promise<BlockProofView> {
    await this.get(id);
    const rows = await this.fleet.proofs(id);
    const unable = await this.figures.inability(
      rows.map((row) => row.applianceId),
      'patterns',
    );
    return { blockId: id, items: rows.map((row) => proofOf(row, unable.get(row.applianceId) ?? null)) };
  }

  async released({ cursor, tenantId, limit }: z.output<typeof blockReleaseQuerySchema>): Promise<Page<BlockReleaseView>> {
    const rows = await this.releases.list(tenantId, decodeCursor(cursor, boxPlaceSchema), limit + 1);
    return toPage(
      rows,
      limit,
      ({ createdAt, expiresAt, ...row }) => ({ ...row, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() }),
      (row) => [row.tenantId, row.address],
    );
  }

  async boxBlocks({ cursor, ...query }: z.output<typeof boxBlockQuerySchema>): Promise<Page<BoxBlockView>> {
    const after = decodeCursor(cursor, boxPlaceSchema);
    const rows = await this.figures.ownBlocks({ ...query, after, limit: query.limit + 1 });
    return toPage(
      rows,
      query.limit,
      ({ reportedAt, ...row }) => ({ ...row, reportedAt: reportedAt.toISOString() }),
      (row) => [row.applianceId, row.address],
    );
  }
}

function searchOf(text: string | undefined): { within?: string; prefix?: string } {
  if (text === undefined) return {};
  if (isIP(text) !== 0 || networkSchema.safeParse(text).success) return { within: text };
  if (!/^[0-9a-fA-F.:]+$/.test(text)) throw badSearch();
  return { prefix: text.toLowerCase() };
}

function viewOf({ wanted, proven, createdAt, expiresAt, ...row }: BlockRow): BlockView {
  return {
    ...row,
    origin: 'operator',
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    boxes: { wanted, proven },
  };
}

/** A box that is away may hold it still: what it said last is no proof of now. */
function proofOf(row: ProofRow, inability: string | null): BlockProofView['items'][number] {
  const { applianceId, name, isProven, reportedAt } = row;
  const provenAt = isProven ? (reportedAt?.toISOString() ?? null) : null;
  const said = (state: BlockProofView['items'][number]['state'], reason: string | null) => ({ applianceId, name, state, provenAt, reason });
  if (!row.online) return said('offline', row.offlineReason ?? 'it was never seen');
  if (isProven) return said('in-kernel', null);
  if (inability !== null) return said('unable', inability);
  if (row.state === 'failed' || row.state === 'drifted') return said('failed', row.reason);
  return said('pending', row.reason ?? 'it is being worked out');
}

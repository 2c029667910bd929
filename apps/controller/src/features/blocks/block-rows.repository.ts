import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';

export interface BlockRow {
  readonly id: string;
  readonly tenantId: string;
  readonly clusterId: string | null;
  readonly address: string;
  readonly reason: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  readonly wanted: number;
  readonly proven: number;
}

export interface BlockFilter {
  readonly tenantId?: string | undefined;
  readonly clusterId?: string | undefined;
  /** An address or network: found also in the blocked networks that hold it. */
  readonly within?: string | undefined;
  /** How an address begins. */
  readonly prefix?: string | undefined;
  readonly id?: string | undefined;
  /** Time and id of the last one of the page before. */
  readonly after?: readonly [string, string] | null;
  readonly limit: number;
}

/** Where a block reaches. */
export interface BlockPlace {
  readonly tenantId: string;
  readonly clusterId: string | null;
}

export interface NewBlocks extends BlockPlace {
  readonly addresses: readonly string[];
  readonly reason: string;
  readonly createdBy: string;
  readonly expiresAt: Date | null;
  readonly serial: number;
}

/** A whole host without its prefix, as the API writes it. */
export const SHOWN_ADDRESS = (column: string) =>
  `case when masklen(${column}) = (case family(${column}) when 4 then 32 else 128 end) then host(${column}) else ${column}::text end`;

/** SQL of `address_blocks` and `block_lists`, in the transaction of the caller. */
@Injectable()
export class BlockRows {
  constructor(private readonly database: Database) {}

  /** Counts a change of the tenant's list and holds it until the transaction ends. */
  async nextSerial(tenantId: string): Promise<number> {
    const [row] = await this.database.em().query<{ serial: number }[]>(
      `insert into block_lists as l (tenant_id, serial) values ($1, 1)
       on conflict (tenant_id) do update set serial = l.serial + 1 returning serial::float8 as serial`,
      [tenantId],
    );
    return row!.serial;
  }

  /** Blocks addresses; one that is blocked already gets the new reason and expiry. */
  async add({ tenantId, clusterId, addresses, ...rest }: NewBlocks): Promise<readonly { id: string; created: boolean }[]> {
    return this.database.em().query<{ id: string; created: boolean }[]>(
      `insert into address_blocks as b (tenant_id, cluster_id, address, reason, created_by, expires_at, serial)
       select $1, $2, n.address, $4, $5, $6, $7 from (select distinct network(item::inet) as address from unnest($3::text[]) as item) n
       on conflict (tenant_id, cluster_id, address) do update set reason = excluded.reason, created_by = excluded.created_by,
         created_at = now(), expires_at = excluded.expires_at, serial = excluded.serial
       returning id, xmax = 0 as created`,
      [tenantId, clusterId, addresses, rest.reason, rest.createdBy, rest.expiresAt, rest.serial],
    );
  }

  async count(tenantId: string): Promise<number> {
    const [row] = await this.database
      .em()
      .query<{ n: number }[]>('select count(*)::int as n from address_blocks where tenant_id = $1', [tenantId]);
    return row!.n;
  }

  /** Newest first, with how many boxes shall hold each and how many were read back to. */
  list({ tenantId, clusterId, within, prefix, id, after, limit }: BlockFilter): Promise<BlockRow[]> {
    return this.database.em().query<BlockRow[]>(
      `with page as (
         select b.* from address_blocks b
          where (b.expires_at is null or b.expires_at > now())
            and ($1::uuid is null or b.tenant_id = $1) and ($2::uuid is null or b.cluster_id = $2)
            and ($3::inet is null or b.address >>= $3::inet or b.address <<= $3::inet)
            and ($4::text is null or starts_with(b.address::text, $4)) and ($5::uuid is null or b.id = $5)
            and ($6::timestamptz is null or (b.created_at, b.id) < ($6::timestamptz, $7::uuid))
          order by b.created_at desc, b.id desc limit $8),
       boxes as (
         select a.tenant_id, a.cluster_id, p.serial from appliances a
           left join desired_facets f on f.appliance_id = a.id and f.facet = 'patterns' and f.state = 'applied'
           left join block_publications p on p.appliance_id = a.id and p.sha256 = f.applied->>'sha256'
          where a.tenant_id in (select tenant_id from page))
       select p.id, p.tenant_id as "tenantId", p.cluster_id as "clusterId", ${SHOWN_ADDRESS('p.address')} as address, p.reason,
              p.created_at as "createdAt", p.created_by as "createdBy", p.expires_at as "expiresAt", c.wanted, c.proven
         from page p cross join lateral (
           select count(*)::int as wanted, count(*) filter (where x.serial >= p.serial)::int as proven from boxes x
            where x.tenant_id = p.tenant_id and (p.cluster_id is null or x.cluster_id = p.cluster_id)) c
        order by p.created_at desc, p.id desc`,
      [
        tenantId ?? null,
        clusterId ?? null,
        within ?? null,
        prefix ?? null,
        id ?? null,
        after ? new Date(after[0]) : null,
        after?.[1] ?? null,
        limit,
      ],
    );
  }

  /** Removes one, and answers where it reached; null where there is none any more. */
  async remove(id: string): Promise<(BlockPlace & { readonly address: string }) | null> {
    const [rows] = await this.database
      .em()
      .query<[(BlockPlace & { address: string })[], number]>(
        `delete from address_blocks where id = $1 returning tenant_id as "tenantId", cluster_id as "clusterId", ${SHOWN_ADDRESS('address')} as address`,
        [id],
      );
    return rows[0] ?? null;
  }

  /** Removes what lies within an address or network. */
  async removeWithin(tenantId: string, address: string): Promise<number> {
    const [, removed] = await this.database
      .em()
      .query<[unknown[], number]>('delete from address_blocks where tenant_id = $1 and address <<= network($2::inet)', [tenantId, address]);
    return removed;
  }

  /** A blocked network that holds more than the address, or null. */
  async holderOf(tenantId: string, address: string): Promise<string | null> {
    const [row] = await this.database.em().query<{ network: string }[]>(
      `select address::text as network from address_blocks
          where tenant_id = $1 and address >> network($2::inet) and (expires_at is null or expires_at > now()) limit 1`,
      [tenantId, address],
    );
    return row?.network ?? null;
  }

  /** Blocks of exactly this address or network that reach a cluster. */
  exact(tenantId: string, clusterId: string, address: string): Promise<{ readonly id: string; readonly clusterId: string | null }[]> {
    return this.database.em().query(
      `select id, cluster_id as "clusterId" from address_blocks
          where tenant_id = $1 and (cluster_id is null or cluster_id = $2) and address = network($3::inet)`,
      [tenantId, clusterId, address],
    );
  }

  /** The network that begins and ends with these addresses, or null where there is none. */
  async networkOf(first: string, last: string): Promise<string | null> {
    const [row] = await this.database.em().query<{ network: string }[]>(
      `select m.network::text as network from (select inet_merge($1::inet, $2::inet) as network) m
          where host(m.network) = host($1::inet) and host(broadcast(m.network)) = host($2::inet)`,
      [first, last],
    );
    return row?.network ?? null;
  }

  async tenantOf(id: string): Promise<string | null> {
    const [row] = await this.database
      .em()
      .query<{ tenantId: string }[]>('select tenant_id as "tenantId" from address_blocks where id = $1', [id]);
    return row?.tenantId ?? null;
  }

  /** Whether a block or a release has expired. */
  async hasExpired(): Promise<boolean> {
    const [row] = await this.database
      .em()
      .query<{ found: boolean }[]>(
        `select exists (select from address_blocks where expires_at <= now()) or exists (select from address_releases where expires_at <= now()) as found`,
      );
    return row!.found;
  }

  async removeExpired(): Promise<void> {
    await this.database.em().query('delete from address_blocks where expires_at <= now()');
  }
}

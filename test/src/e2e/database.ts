import pg from 'pg';

/** Runs queries as the database's owner, past every fence. */
export async function asOwner<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export interface StoredSums {
  readonly requestIds: readonly string[];
  /** Refusals that attack events stand for, folded ones included. */
  readonly counted: number;
  /** Refusals that loss events stand for. */
  readonly lost: number;
}

/** What is stored of one box's refusals. */
export function storedSums(databaseUrl: string, applianceId: string): Promise<StoredSums> {
  return asOwner(databaseUrl, async (client) => {
    const { rows } = await client.query<{ kind: string; requestId: string | null; count: number; lost: number }>(
      `select kind, request_id as "requestId", case kind when 'attack' then count::int else 0 end as count,
              case kind when 'loss' then (body::jsonb ->> 'lost')::int else 0 end as lost
         from events where appliance_id = $1 and kind in ('attack', 'loss')`,
      [applianceId],
    );
    return {
      requestIds: rows.flatMap((row) => row.requestId ?? []),
      counted: rows.reduce((sum, row) => sum + row.count, 0),
      lost: rows.reduce((sum, row) => sum + row.lost, 0),
    };
  });
}

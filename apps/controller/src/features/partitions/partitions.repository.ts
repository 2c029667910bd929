import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** The SQL functions that make and drop partitions. Each call is a transaction of its own. */
@Injectable()
export class PartitionsRepository {
  constructor(private readonly source: DataSource) {}

  /** Makes the partition that holds the instant, unless it is there, and returns its name. */
  async ensure(parent: string, at: Date): Promise<string> {
    const [row] = await this.source.query<{ name: string }[]>('select ensure_partition($1, $2) as name', [parent, at]);
    return row!.name;
  }

  /** Drops partitions that end at or before the instant; returns their names. Throws when a reader holds one for over 3 s. */
  async dropBefore(parent: string, before: Date): Promise<string[]> {
    const rows = await this.source.query<{ name: string }[]>('select name from drop_partitions($1, $2) as name', [parent, before]);
    return rows.map((row) => row.name);
  }
}

/**
 * Partitions: tables that are cut by time, made in advance and at need, dropped when past their time and never emptied row by row.
 * Owns the table `partition_plans` (a feature with such a table adds its row in its migration and registers it with `Partitions`)
 * and the SQL functions `ensure_partition` and `drop_partitions`. Queue job: `partitions.keep`. No routes.
 * Invariant: a partition is fenced by itself and carries no grants, whoever makes it and whenever. Callers: events, health.
 */
import { Module } from '@nestjs/common';
import type { ControllerFeature } from '../../platform/feature.js';
import { Partitions1763740000000 } from './migrations/1-partitions.js';
import { Partitions } from './partitions.js';
import { PartitionsRepository } from './partitions.repository.js';

export { Partitions } from './partitions.js';

@Module({ providers: [Partitions, PartitionsRepository], exports: [Partitions] })
export class PartitionsModule {}

export const partitionsMigrations = [Partitions1763740000000];

export const partitionsFeature: ControllerFeature = { name: 'partitions', module: PartitionsModule, migrations: partitionsMigrations };

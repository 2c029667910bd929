import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the packet engine stopped is summed beside what the engine refused, never among it. */
export class NetworkRollups1763790000800 implements MigrationInterface {
  readonly name = 'NetworkRollups1763790000800';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table event_rollups add column network_blocked bigint not null default 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table event_rollups drop column network_blocked');
  }
}

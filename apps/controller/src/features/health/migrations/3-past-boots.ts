import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a box's clock stood in its earlier boots: what it told of those can still be placed in time. */
export class PastBoots1763790000700 implements MigrationInterface {
  readonly name = 'PastBoots1763790000700';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table appliance_health add column past_boots jsonb not null default '[]'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table appliance_health drop column past_boots');
  }
}

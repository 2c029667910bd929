import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the last heartbeat says of the packet engine, the guard and what the box can do, and when it came (the database's clock). */
export class NetworkFigures1763790000300 implements MigrationInterface {
  readonly name = 'NetworkFigures1763790000300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'alter table appliance_health add column network jsonb, add column guard jsonb, add column capabilities jsonb, add column figures_at timestamptz(3)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'alter table appliance_health drop column network, drop column guard, drop column capabilities, drop column figures_at',
    );
  }
}

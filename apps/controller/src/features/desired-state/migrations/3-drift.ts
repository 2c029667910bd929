import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What differs where a facet drifted, and which difference somebody said is no matter. */
export class Drift1763790000100 implements MigrationInterface {
  readonly name = 'Drift1763790000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table desired_facets add column diff text, add column ignored jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table desired_facets drop column diff, drop column ignored');
  }
}

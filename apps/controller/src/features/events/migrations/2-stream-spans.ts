import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The ledger knows when a stream's events happened: what repeats one of them is then looked for in one partition or two. */
export class StreamSpans1763740000300 implements MigrationInterface {
  readonly name = 'StreamSpans1763740000300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table event_ledger add column earliest timestamptz(3), add column latest timestamptz(3)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table event_ledger drop column earliest, drop column latest');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What members of a pair told of it is found without reading all events. */
export class PairEvents1763790000600 implements MigrationInterface {
  readonly name = 'PairEvents1763790000600';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index events_pair_idx on events ((body->>'clusterId'), received_at) where kind = 'ha'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index events_pair_idx');
  }
}

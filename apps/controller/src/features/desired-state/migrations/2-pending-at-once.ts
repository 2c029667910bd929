import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A box stops reading as in sync in the transaction that changes what it shall run, not only when its desired state has been worked out:
 * whoever reads right after a change must not be told that nothing is left to do.
 */
export class PendingAtOnce1763730000200 implements MigrationInterface {
  readonly name = 'PendingAtOnce1763730000200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create function mark_intent_waiting() returns trigger language plpgsql set search_path = public, pg_temp as $$
      begin
        update appliance_status set sync_state = 'pending', sync_reason = 'a change is being worked out'
          where appliance_id = (new.payload->>'applianceId')::uuid and sync_state = 'in-sync';
        return null;
      end $$`);
    await runner.query(`create trigger intent_waiting after insert on changes for each row
      when (new.topic = 'appliance.intent') execute function mark_intent_waiting()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop trigger intent_waiting on changes');
    await runner.query('drop function mark_intent_waiting()');
  }
}

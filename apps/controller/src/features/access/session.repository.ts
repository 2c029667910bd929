import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { Database } from '../../platform/db/database.js';
import { SessionEntity } from './session.entity.js';

/** Rows of `sessions`. */
@Injectable()
export class SessionRepository {
  constructor(private readonly database: Database) {}

  async add(values: Pick<SessionEntity, 'operatorId' | 'tokenHash' | 'expiresAt'>): Promise<string> {
    const id = randomUUID();
    await this.database.em().insert(SessionEntity, { id, ...values });
    return id;
  }

  find(id: string): Promise<SessionEntity | null> {
    return this.database.em().findOneBy(SessionEntity, { id });
  }

  async remove(id: string): Promise<void> {
    await this.database.em().delete(SessionEntity, { id });
  }

  async removeOf(operatorId: string): Promise<void> {
    await this.database.em().delete(SessionEntity, { operatorId });
  }

  async removeExpired(now: Date): Promise<void> {
    await this.database.em().delete(SessionEntity, { expiresAt: LessThan(now) });
  }
}

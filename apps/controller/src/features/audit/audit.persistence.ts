import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditEntryEntity } from './audit-entry.entity.js';

/** Registers the entity of this feature. */
export const auditPersistence = TypeOrmModule.forFeature([AuditEntryEntity]);

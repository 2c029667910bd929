import { Global, Module } from '@nestjs/common';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { AuditController } from './audit.controller.js';
import { AuditEntryRepository } from './audit-entry.repository.js';
import { auditPersistence } from './audit.persistence.js';
import { AuditService } from './audit.service.js';

/** Global: every feature records what it changes. */
@Global()
@Module({
  imports: [auditPersistence],
  controllers: [AuditController],
  providers: [AuditEntryRepository, AuditService, { provide: AuditTrail, useExisting: AuditService }],
  exports: [AuditTrail],
})
export class AuditModule {}

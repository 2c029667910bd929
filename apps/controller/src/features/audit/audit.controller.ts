import { Controller } from '@nestjs/common';
import { auditQuerySchema, auditVerificationSchema, auditViewSchema, pageSchema } from '@phalanx/contracts';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { AuditService } from './audit.service.js';

const LIST = endpoint({
  method: 'GET',
  path: '/api/v1/audit',
  summary: 'The audit trail, newest first',
  permission: 'audit:read',
  query: auditQuerySchema,
  answer: pageSchema(auditViewSchema),
});
const VERIFY = endpoint({
  method: 'GET',
  path: '/api/v1/audit/verification',
  summary: 'Recomputes the chain of all entries and names the first that is not as it was written',
  permission: 'audit:read',
  answer: auditVerificationSchema,
});

/** Routes of the trail: it is read, never written, by them. */
@Controller()
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Route(LIST)
  list(@Input() { query }: InputOf<typeof LIST>) {
    return this.audit.list(query);
  }

  @Route(VERIFY)
  verify() {
    return this.audit.verify();
  }
}

import { Controller } from '@nestjs/common';
import {
  claimCreatedSchema,
  claimCreateSchema,
  enrolmentQuerySchema,
  enrolmentReasonSchema,
  enrolmentViewSchema,
  idParamSchema,
  instantSchema,
  pageSchema,
  uuidSchema,
} from '@phalanx/contracts';
import { z } from 'zod';
import { decodeCursor, toPage } from '../../platform/http/cursor.js';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { ClaimsService } from './claims.service.js';
import { EnrolmentsService, enrolmentView } from './enrolments.service.js';

const CREATE_CLAIM = endpoint({
  method: 'POST',
  path: '/api/v1/appliances/:id/claims',
  summary: 'Makes a one-time claim with which a box enrols as this appliance',
  permission: 'enrolment:write',
  params: idParamSchema,
  body: claimCreateSchema,
  answer: claimCreatedSchema,
  status: 201,
});
const LIST = endpoint({
  method: 'GET',
  path: '/api/v1/enrolments',
  summary: 'Lists enrolments, newest first',
  permission: 'enrolment:read',
  query: enrolmentQuerySchema,
  answer: pageSchema(enrolmentViewSchema),
});
const change = (verb: string, summary: string) =>
  endpoint({
    method: 'POST',
    path: `/api/v1/enrolments/:id/${verb}`,
    summary,
    permission: 'enrolment:write',
    params: idParamSchema,
    body: enrolmentReasonSchema,
    answer: enrolmentViewSchema,
  });
const REVOKE = change('revoke', 'Revokes an enrolment for good and cuts its connection');
const QUARANTINE = change('quarantine', 'Locks an enrolment out until it is released');
const RELEASE = change('release', 'Releases an enrolment from quarantine');

const cursorSchema = z.tuple([instantSchema, uuidSchema]);

/** Claims and enrolments over REST. */
@Controller()
export class EnrolmentController {
  constructor(
    private readonly claims: ClaimsService,
    private readonly enrolments: EnrolmentsService,
  ) {}

  @Route(CREATE_CLAIM)
  createClaim(@Input() { params, body }: InputOf<typeof CREATE_CLAIM>) {
    return this.claims.create(params.id, body.validMinutes);
  }

  @Route(LIST)
  async list(@Input() { query }: InputOf<typeof LIST>) {
    const { limit, cursor, tenantId, applianceId } = query;
    const rows = await this.enrolments.list({ tenantId, applianceId, limit, after: decodeCursor(cursor, cursorSchema) });
    return toPage(rows, limit, enrolmentView, (row) => [row.issuedAt.toISOString(), row.id]);
  }

  @Route(REVOKE)
  async revoke(@Input() { params, body }: InputOf<typeof REVOKE>) {
    return enrolmentView(await this.enrolments.revoke(params.id, body.reason));
  }

  @Route(QUARANTINE)
  async quarantine(@Input() { params, body }: InputOf<typeof QUARANTINE>) {
    return enrolmentView(await this.enrolments.quarantine(params.id, body.reason));
  }

  @Route(RELEASE)
  async release(@Input() { params, body }: InputOf<typeof RELEASE>) {
    return enrolmentView(await this.enrolments.release(params.id, body.reason));
  }
}

import { Controller } from '@nestjs/common';
import {
  idParamSchema,
  pageSchema,
  applianceQuerySchema,
  applianceCreateSchema,
  appliancePatchSchema,
  applianceViewSchema,
} from '@phalanx/contracts';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { ApplianceService } from './appliance.service.js';

const PATH = '/api/v1/appliances';
const LIST = endpoint({
  method: 'GET',
  path: PATH,
  summary: 'Appliances, by name',
  permission: 'fleet:read',
  query: applianceQuerySchema,
  answer: pageSchema(applianceViewSchema),
});
const CREATE = endpoint({
  method: 'POST',
  path: PATH,
  summary: 'Adds an appliance',
  permission: 'fleet:write',
  body: applianceCreateSchema,
  answer: applianceViewSchema,
  status: 201,
});
const GET = endpoint({
  method: 'GET',
  path: `${PATH}/:id`,
  summary: 'One appliance',
  permission: 'fleet:read',
  params: idParamSchema,
  answer: applianceViewSchema,
});
const CHANGE = endpoint({
  method: 'PATCH',
  path: `${PATH}/:id`,
  summary: 'Changes an appliance',
  permission: 'fleet:write',
  params: idParamSchema,
  body: appliancePatchSchema,
  answer: applianceViewSchema,
  ifMatch: true,
});
const REMOVE = endpoint({
  method: 'DELETE',
  path: `${PATH}/:id`,
  summary: 'Removes an appliance; refused while enrolments or records of it are there',
  permission: 'fleet:write',
  params: idParamSchema,
  ifMatch: true,
});

/** Routes of appliances. */
@Controller()
export class ApplianceController {
  constructor(private readonly appliances: ApplianceService) {}

  @Route(LIST)
  list(@Input() { query }: InputOf<typeof LIST>) {
    return this.appliances.list(query);
  }

  @Route(CREATE)
  create(@Input() { body }: InputOf<typeof CREATE>) {
    return this.appliances.create(body);
  }

  @Route(GET)
  get(@Input() { params }: InputOf<typeof GET>) {
    return this.appliances.get(params.id);
  }

  @Route(CHANGE)
  change(@Input() { params, body, ifMatch }: InputOf<typeof CHANGE>) {
    return this.appliances.change(params.id, ifMatch, body);
  }

  @Route(REMOVE)
  remove(@Input() { params, ifMatch }: InputOf<typeof REMOVE>) {
    return this.appliances.remove(params.id, ifMatch);
  }
}

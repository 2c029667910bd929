import { Controller } from '@nestjs/common';
import { idParamSchema, pageSchema, pageQuerySchema, tenantCreateSchema, tenantPatchSchema, tenantViewSchema } from '@phalanx/contracts';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { TenantService } from './tenant.service.js';

const PATH = '/api/v1/tenants';
const LIST = endpoint({
  method: 'GET',
  path: PATH,
  summary: 'Tenants, by name',
  permission: 'fleet:read',
  query: pageQuerySchema,
  answer: pageSchema(tenantViewSchema),
});
const CREATE = endpoint({
  method: 'POST',
  path: PATH,
  summary: 'Adds a tenant',
  permission: 'tenant:write',
  provider: true,
  body: tenantCreateSchema,
  answer: tenantViewSchema,
  status: 201,
});
const GET = endpoint({
  method: 'GET',
  path: `${PATH}/:id`,
  summary: 'One tenant',
  permission: 'fleet:read',
  params: idParamSchema,
  answer: tenantViewSchema,
});
const CHANGE = endpoint({
  method: 'PATCH',
  path: `${PATH}/:id`,
  summary: 'Changes a tenant',
  permission: 'tenant:write',
  provider: true,
  params: idParamSchema,
  body: tenantPatchSchema,
  answer: tenantViewSchema,
  ifMatch: true,
});
const REMOVE = endpoint({
  method: 'DELETE',
  path: `${PATH}/:id`,
  summary: 'Removes a tenant; refused while anything hangs below it',
  permission: 'tenant:write',
  provider: true,
  params: idParamSchema,
  ifMatch: true,
});

/** Routes of tenants. */
@Controller()
export class TenantController {
  constructor(private readonly tenants: TenantService) {}

  @Route(LIST)
  list(@Input() { query }: InputOf<typeof LIST>) {
    return this.tenants.list(query);
  }

  @Route(CREATE)
  create(@Input() { body }: InputOf<typeof CREATE>) {
    return this.tenants.create(body);
  }

  @Route(GET)
  get(@Input() { params }: InputOf<typeof GET>) {
    return this.tenants.get(params.id);
  }

  @Route(CHANGE)
  change(@Input() { params, body, ifMatch }: InputOf<typeof CHANGE>) {
    return this.tenants.change(params.id, ifMatch, body);
  }

  @Route(REMOVE)
  remove(@Input() { params, ifMatch }: InputOf<typeof REMOVE>) {
    return this.tenants.remove(params.id, ifMatch);
  }
}

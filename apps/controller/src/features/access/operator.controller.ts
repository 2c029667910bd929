import { Controller } from '@nestjs/common';
import {
  idParamSchema,
  operatorCreateSchema,
  operatorPatchSchema,
  operatorViewSchema,
  pageQuerySchema,
  pageSchema,
} from '@phalanx/contracts';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { OperatorService } from './operator.service.js';

const PATH = '/api/v1/operators';
const LIST = endpoint({
  method: 'GET',
  path: PATH,
  summary: 'Operators with a role in your tenants, by user name',
  permission: 'access:read',
  query: pageQuerySchema,
  answer: pageSchema(operatorViewSchema),
});
const CREATE = endpoint({
  method: 'POST',
  path: PATH,
  summary: 'Adds an operator',
  permission: 'access:write',
  body: operatorCreateSchema,
  answer: operatorViewSchema,
  status: 201,
});
const GET = endpoint({
  method: 'GET',
  path: `${PATH}/:id`,
  summary: 'One operator',
  permission: 'access:read',
  params: idParamSchema,
  answer: operatorViewSchema,
});
const CHANGE = endpoint({
  method: 'PATCH',
  path: `${PATH}/:id`,
  summary: 'Changes an operator; a new password or disabling it ends its sessions',
  permission: 'access:write',
  params: idParamSchema,
  body: operatorPatchSchema,
  answer: operatorViewSchema,
  ifMatch: true,
});

/** Routes of operators. There is none to remove one: the trail names them. */
@Controller()
export class OperatorController {
  constructor(private readonly operators: OperatorService) {}

  @Route(LIST)
  list(@Input() { query }: InputOf<typeof LIST>) {
    return this.operators.list(query);
  }

  @Route(CREATE)
  create(@Input() { principal, body }: InputOf<typeof CREATE>) {
    return this.operators.create(principal, body);
  }

  @Route(GET)
  get(@Input() { params }: InputOf<typeof GET>) {
    return this.operators.get(params.id);
  }

  @Route(CHANGE)
  change(@Input() { principal, params, body, ifMatch }: InputOf<typeof CHANGE>) {
    return this.operators.change(principal, params.id, ifMatch, body);
  }
}

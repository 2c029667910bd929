import { Controller } from '@nestjs/common';
import { idParamSchema, pageQuerySchema, pageSchema, tokenCreatedSchema, tokenCreateSchema, tokenViewSchema } from '@phalanx/contracts';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { ApiTokenService } from './api-token.service.js';

const PATH = '/api/v1/tokens';
const LIST = endpoint({
  method: 'GET',
  path: PATH,
  summary: 'Your API tokens, by name',
  permission: 'token:write',
  query: pageQuerySchema,
  answer: pageSchema(tokenViewSchema),
});
const CREATE = endpoint({
  method: 'POST',
  path: PATH,
  summary: 'Makes an API token; its secret is in this answer only',
  permission: 'token:write',
  body: tokenCreateSchema,
  answer: tokenCreatedSchema,
  status: 201,
});
const REVOKE = endpoint({
  method: 'DELETE',
  path: `${PATH}/:id`,
  summary: 'Revokes an API token of yours',
  permission: 'token:write',
  params: idParamSchema,
});

/** Routes of the caller's own tokens. */
@Controller()
export class ApiTokenController {
  constructor(private readonly tokens: ApiTokenService) {}

  @Route(LIST)
  list(@Input() { principal, query }: InputOf<typeof LIST>) {
    return this.tokens.list(principal, query);
  }

  @Route(CREATE)
  create(@Input() { principal, body }: InputOf<typeof CREATE>) {
    return this.tokens.create(principal, body);
  }

  @Route(REVOKE)
  revoke(@Input() { principal, params }: InputOf<typeof REVOKE>) {
    return this.tokens.revoke(principal, params.id);
  }
}

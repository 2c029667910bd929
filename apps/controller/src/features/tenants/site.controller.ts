import { Controller } from '@nestjs/common';
import { idParamSchema, pageSchema, tenantScopedQuerySchema, siteCreateSchema, sitePatchSchema, siteViewSchema } from '@phalanx/contracts';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { SiteService } from './site.service.js';

const PATH = '/api/v1/sites';
const LIST = endpoint({
  method: 'GET',
  path: PATH,
  summary: 'Sites, by name',
  permission: 'fleet:read',
  query: tenantScopedQuerySchema,
  answer: pageSchema(siteViewSchema),
});
const CREATE = endpoint({
  method: 'POST',
  path: PATH,
  summary: 'Adds a site',
  permission: 'fleet:write',
  body: siteCreateSchema,
  answer: siteViewSchema,
  status: 201,
});
const GET = endpoint({
  method: 'GET',
  path: `${PATH}/:id`,
  summary: 'One site',
  permission: 'fleet:read',
  params: idParamSchema,
  answer: siteViewSchema,
});
const CHANGE = endpoint({
  method: 'PATCH',
  path: `${PATH}/:id`,
  summary: 'Changes a site',
  permission: 'fleet:write',
  params: idParamSchema,
  body: sitePatchSchema,
  answer: siteViewSchema,
  ifMatch: true,
});
const REMOVE = endpoint({
  method: 'DELETE',
  path: `${PATH}/:id`,
  summary: 'Removes a site; refused while anything hangs below it',
  permission: 'fleet:write',
  params: idParamSchema,
  ifMatch: true,
});

/** Routes of sites. */
@Controller()
export class SiteController {
  constructor(private readonly sites: SiteService) {}

  @Route(LIST)
  list(@Input() { query }: InputOf<typeof LIST>) {
    return this.sites.list(query);
  }

  @Route(CREATE)
  create(@Input() { body }: InputOf<typeof CREATE>) {
    return this.sites.create(body);
  }

  @Route(GET)
  get(@Input() { params }: InputOf<typeof GET>) {
    return this.sites.get(params.id);
  }

  @Route(CHANGE)
  change(@Input() { params, body, ifMatch }: InputOf<typeof CHANGE>) {
    return this.sites.change(params.id, ifMatch, body);
  }

  @Route(REMOVE)
  remove(@Input() { params, ifMatch }: InputOf<typeof REMOVE>) {
    return this.sites.remove(params.id, ifMatch);
  }
}

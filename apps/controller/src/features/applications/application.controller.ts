import { Controller } from '@nestjs/common';
import {
  applicationCreateSchema,
  applicationLevelSchema,
  applicationPatchSchema,
  applicationQuerySchema,
  applicationViewSchema,
  idParamSchema,
  pageSchema,
} from '@phalanx/contracts';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { ApplicationService } from './application.service.js';

const PATH = '/api/v1/applications';
const LIST = endpoint({
  method: 'GET',
  path: PATH,
  summary: 'Applications with their effective level, by name',
  permission: 'application:read',
  query: applicationQuerySchema,
  answer: pageSchema(applicationViewSchema),
});
const CREATE = endpoint({
  method: 'POST',
  path: PATH,
  summary: 'Adds an application',
  permission: 'application:write',
  body: applicationCreateSchema,
  answer: applicationViewSchema,
  status: 201,
});
const GET = endpoint({
  method: 'GET',
  path: `${PATH}/:id`,
  summary: 'One application',
  permission: 'application:read',
  params: idParamSchema,
  answer: applicationViewSchema,
});
const CHANGE = endpoint({
  method: 'PATCH',
  path: `${PATH}/:id`,
  summary: 'Changes an application',
  permission: 'application:write',
  params: idParamSchema,
  body: applicationPatchSchema,
  answer: applicationViewSchema,
  ifMatch: true,
});
const SET_LEVEL = endpoint({
  method: 'PUT',
  path: `${PATH}/:id/level`,
  summary: 'Sets the level in the application’s own policy',
  permission: 'application:write',
  params: idParamSchema,
  body: applicationLevelSchema,
  answer: applicationViewSchema,
  ifMatch: true,
});
const REMOVE = endpoint({
  method: 'DELETE',
  path: `${PATH}/:id`,
  summary: 'Removes an application with its policy',
  permission: 'application:write',
  params: idParamSchema,
  ifMatch: true,
});

/** Routes of applications. */
@Controller()
export class ApplicationController {
  constructor(private readonly applications: ApplicationService) {}

  @Route(LIST)
  list(@Input() { query }: InputOf<typeof LIST>) {
    return this.applications.list(query);
  }

  @Route(CREATE)
  create(@Input() { body }: InputOf<typeof CREATE>) {
    return this.applications.create(body);
  }

  @Route(GET)
  get(@Input() { params }: InputOf<typeof GET>) {
    return this.applications.get(params.id);
  }

  @Route(CHANGE)
  change(@Input() { params, body, ifMatch }: InputOf<typeof CHANGE>) {
    return this.applications.change(params.id, ifMatch, body);
  }

  @Route(SET_LEVEL)
  setLevel(@Input() { params, body, ifMatch }: InputOf<typeof SET_LEVEL>) {
    return this.applications.setLevel(params.id, ifMatch, body.level);
  }

  @Route(REMOVE)
  remove(@Input() { params, ifMatch }: InputOf<typeof REMOVE>) {
    return this.applications.remove(params.id, ifMatch);
  }
}

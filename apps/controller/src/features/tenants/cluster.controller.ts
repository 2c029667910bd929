import { Controller } from '@nestjs/common';
import {
  idParamSchema,
  pageSchema,
  tenantScopedQuerySchema,
  clusterCreateSchema,
  clusterPatchSchema,
  clusterViewSchema,
} from '@phalanx/contracts';
import { endpoint, type InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { ClusterService } from './cluster.service.js';

const PATH = '/api/v1/clusters';
const LIST = endpoint({
  method: 'GET',
  path: PATH,
  summary: 'Clusters, by name',
  permission: 'fleet:read',
  query: tenantScopedQuerySchema,
  answer: pageSchema(clusterViewSchema),
});
const CREATE = endpoint({
  method: 'POST',
  path: PATH,
  summary: 'Adds a cluster',
  permission: 'fleet:write',
  body: clusterCreateSchema,
  answer: clusterViewSchema,
  status: 201,
});
const GET = endpoint({
  method: 'GET',
  path: `${PATH}/:id`,
  summary: 'One cluster',
  permission: 'fleet:read',
  params: idParamSchema,
  answer: clusterViewSchema,
});
const CHANGE = endpoint({
  method: 'PATCH',
  path: `${PATH}/:id`,
  summary: 'Changes a cluster',
  permission: 'fleet:write',
  params: idParamSchema,
  body: clusterPatchSchema,
  answer: clusterViewSchema,
  ifMatch: true,
});
const REMOVE = endpoint({
  method: 'DELETE',
  path: `${PATH}/:id`,
  summary: 'Removes a cluster; refused while anything hangs below it',
  permission: 'fleet:write',
  params: idParamSchema,
  ifMatch: true,
});

/** Routes of clusters. */
@Controller()
export class ClusterController {
  constructor(private readonly clusters: ClusterService) {}

  @Route(LIST)
  list(@Input() { query }: InputOf<typeof LIST>) {
    return this.clusters.list(query);
  }

  @Route(CREATE)
  create(@Input() { body }: InputOf<typeof CREATE>) {
    return this.clusters.create(body);
  }

  @Route(GET)
  get(@Input() { params }: InputOf<typeof GET>) {
    return this.clusters.get(params.id);
  }

  @Route(CHANGE)
  change(@Input() { params, body, ifMatch }: InputOf<typeof CHANGE>) {
    return this.clusters.change(params.id, ifMatch, body);
  }

  @Route(REMOVE)
  remove(@Input() { params, ifMatch }: InputOf<typeof REMOVE>) {
    return this.clusters.remove(params.id, ifMatch);
  }
}

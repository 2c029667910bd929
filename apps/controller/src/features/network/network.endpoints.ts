import {
  idParamSchema,
  networkRevertSchema,
  networkVersionViewSchema,
  networkWriteQuerySchema,
  networkWriteResultSchema,
  networkWriteSchema,
  pageQuerySchema,
  pageSchema,
} from '@phalanx/contracts';
import { endpoint } from '../../platform/http/endpoint.js';

const PATH = '/api/v1/clusters/:id/network';
/** Five thousand rules and as many address groups fit. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

export const GET = endpoint({
  method: 'GET',
  path: PATH,
  summary: 'The network policy in force on a cluster',
  permission: 'fleet:read',
  params: idParamSchema,
  answer: networkVersionViewSchema,
});
export const PUT = endpoint({
  method: 'PUT',
  path: PATH,
  summary: 'Writes a new version of a cluster’s network policy, or tells what one would change; `If-Match: "0"` for the first',
  permission: 'network:write',
  params: idParamSchema,
  query: networkWriteQuerySchema,
  body: networkWriteSchema,
  answer: networkWriteResultSchema,
  ifMatch: true,
  bodyLimitBytes: BODY_LIMIT_BYTES,
});
export const TAKE_AWAY = endpoint({
  method: 'DELETE',
  path: PATH,
  summary: 'Takes a cluster’s network policy away: its boxes filter nothing any more',
  permission: 'network:write',
  params: idParamSchema,
  ifMatch: true,
});
export const VERSIONS = endpoint({
  method: 'GET',
  path: `${PATH}/versions`,
  summary: 'Versions of a cluster’s network policy, newest first, also of one that was taken away',
  permission: 'fleet:read',
  params: idParamSchema,
  query: pageQuerySchema,
  answer: pageSchema(networkVersionViewSchema),
});
export const REVERT = endpoint({
  method: 'POST',
  path: `${PATH}/revert`,
  summary: 'Writes an old version of a cluster’s network policy anew',
  permission: 'network:write',
  params: idParamSchema,
  body: networkRevertSchema,
  answer: networkWriteResultSchema,
  ifMatch: true,
});

import {
  effectivePolicyViewSchema,
  idParamSchema,
  pageQuerySchema,
  pageSchema,
  policyQuerySchema,
  policyRevertSchema,
  policyVersionViewSchema,
  policyWriteQuerySchema,
  policyWriteResultSchema,
  policyWriteSchema,
} from '@phalanx/contracts';
import { endpoint } from '../../platform/http/endpoint.js';

export const LIST = endpoint({
  method: 'GET',
  path: '/api/v1/policies',
  summary: 'Policies in force: the baseline, tenants’, applications’ own',
  permission: 'policy:read',
  query: policyQuerySchema,
  answer: pageSchema(policyVersionViewSchema),
});

const PROVIDER = '/api/v1/policies/provider';
const TENANT = '/api/v1/policies/tenants/:id';
const APPLICATION = '/api/v1/policies/applications/:id';

const read = { method: 'GET', permission: 'policy:read', answer: policyVersionViewSchema } as const;
export const GET_PROVIDER = endpoint({ ...read, path: PROVIDER, summary: 'The provider’s baseline' });
export const GET_TENANT = endpoint({ ...read, path: TENANT, summary: 'The policy of a tenant', params: idParamSchema });
export const GET_APPLICATION = endpoint({ ...read, path: APPLICATION, summary: 'An application’s own policy', params: idParamSchema });

const write = {
  method: 'PUT',
  query: policyWriteQuerySchema,
  body: policyWriteSchema,
  answer: policyWriteResultSchema,
  ifMatch: true,
} as const;
export const PUT_PROVIDER = endpoint({
  ...write,
  path: PROVIDER,
  summary: 'Writes a new version of the baseline, or tells what one would change',
  permission: 'baseline:write',
  provider: true,
});
export const PUT_TENANT = endpoint({
  ...write,
  path: TENANT,
  summary: 'Writes a new version of a tenant’s policy, or tells what one would change',
  permission: 'policy:write',
  params: idParamSchema,
});
export const PUT_APPLICATION = endpoint({
  ...write,
  path: APPLICATION,
  summary: 'Writes a new version of an application’s own policy, or tells what one would change',
  permission: 'policy:write',
  params: idParamSchema,
});

const versions = { method: 'GET', permission: 'policy:read', query: pageQuerySchema, answer: pageSchema(policyVersionViewSchema) } as const;
export const PROVIDER_VERSIONS = endpoint({ ...versions, path: `${PROVIDER}/versions`, summary: 'Versions of the baseline, newest first' });
export const TENANT_VERSIONS = endpoint({
  ...versions,
  path: `${TENANT}/versions`,
  summary: 'Versions of a tenant’s policy, newest first',
  params: idParamSchema,
});
export const APPLICATION_VERSIONS = endpoint({
  ...versions,
  path: `${APPLICATION}/versions`,
  summary: 'Versions of an application’s own policy, newest first',
  params: idParamSchema,
});

const revert = { method: 'POST', body: policyRevertSchema, answer: policyWriteResultSchema, ifMatch: true } as const;
export const REVERT_PROVIDER = endpoint({
  ...revert,
  path: `${PROVIDER}/revert`,
  summary: 'Writes an old version of the baseline anew',
  permission: 'baseline:write',
  provider: true,
});
export const REVERT_TENANT = endpoint({
  ...revert,
  path: `${TENANT}/revert`,
  summary: 'Writes an old version of a tenant’s policy anew',
  permission: 'policy:write',
  params: idParamSchema,
});
export const REVERT_APPLICATION = endpoint({
  ...revert,
  path: `${APPLICATION}/revert`,
  summary: 'Writes an old version of an application’s own policy anew',
  permission: 'policy:write',
  params: idParamSchema,
});

export const EFFECTIVE = endpoint({
  method: 'GET',
  path: '/api/v1/applications/:id/effective-policy',
  summary: 'What holds for an application, and which layer each value came from',
  permission: 'policy:read',
  params: idParamSchema,
  answer: effectivePolicyViewSchema,
});

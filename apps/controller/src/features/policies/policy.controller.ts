import { Controller } from '@nestjs/common';
import type { PolicyWriteResult } from '@phalanx/contracts';
import type { FastifyReply } from 'fastify';
import { toPage } from '../../platform/http/cursor.js';
import type { InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import * as spec from './policy.endpoints.js';
import { policyPlaceOf, PolicyRepository, policyViewOf } from './policy.repository.js';
import { PROVIDER_POLICY, type PolicyTarget } from './policy-target.js';
import { PolicyTargets } from './policy-targets.js';
import { PolicyWriter } from './policy-writer.js';

type Write = InputOf<typeof spec.PUT_PROVIDER>;
type Versions = InputOf<typeof spec.PROVIDER_VERSIONS>;
type Revert = InputOf<typeof spec.REVERT_PROVIDER>;
type Common<Input> = Omit<Input, 'params'>;

/** Routes of policies and their versions. */
@Controller()
export class PolicyController {
  constructor(
    private readonly policies: PolicyRepository,
    private readonly targets: PolicyTargets,
    private readonly writer: PolicyWriter,
  ) {}

  @Route(spec.LIST)
  async list(@Input() { query }: InputOf<typeof spec.LIST>) {
    return toPage(await this.policies.list(query), query.limit, policyViewOf, policyPlaceOf);
  }

  @Route(spec.GET_PROVIDER)
  getProvider() {
    return this.get(PROVIDER_POLICY);
  }

  @Route(spec.GET_TENANT)
  async getTenant(@Input() { params }: InputOf<typeof spec.GET_TENANT>) {
    return this.get(await this.targets.tenant(params.id));
  }

  @Route(spec.GET_APPLICATION)
  async getApplication(@Input() { params }: InputOf<typeof spec.GET_APPLICATION>) {
    return this.get(await this.targets.application(params.id));
  }

  @Route(spec.PUT_PROVIDER)
  putProvider(@Input() input: InputOf<typeof spec.PUT_PROVIDER>) {
    return this.write(PROVIDER_POLICY, input);
  }

  @Route(spec.PUT_TENANT)
  async putTenant(@Input() input: InputOf<typeof spec.PUT_TENANT>) {
    return this.write(await this.targets.tenant(input.params.id), input);
  }

  @Route(spec.PUT_APPLICATION)
  async putApplication(@Input() input: InputOf<typeof spec.PUT_APPLICATION>) {
    return this.write(await this.targets.application(input.params.id), input);
  }

  @Route(spec.PROVIDER_VERSIONS)
  providerVersions(@Input() input: InputOf<typeof spec.PROVIDER_VERSIONS>) {
    return this.versions(PROVIDER_POLICY, input);
  }

  @Route(spec.TENANT_VERSIONS)
  async tenantVersions(@Input() input: InputOf<typeof spec.TENANT_VERSIONS>) {
    return this.versions(await this.targets.tenant(input.params.id), input);
  }

  @Route(spec.APPLICATION_VERSIONS)
  async applicationVersions(@Input() input: InputOf<typeof spec.APPLICATION_VERSIONS>) {
    return this.versions(await this.targets.application(input.params.id), input);
  }

  @Route(spec.REVERT_PROVIDER)
  revertProvider(@Input() input: InputOf<typeof spec.REVERT_PROVIDER>) {
    return this.revert(PROVIDER_POLICY, input);
  }

  @Route(spec.REVERT_TENANT)
  async revertTenant(@Input() input: InputOf<typeof spec.REVERT_TENANT>) {
    return this.revert(await this.targets.tenant(input.params.id), input);
  }

  @Route(spec.REVERT_APPLICATION)
  async revertApplication(@Input() input: InputOf<typeof spec.REVERT_APPLICATION>) {
    return this.revert(await this.targets.application(input.params.id), input);
  }

  private async get(target: PolicyTarget) {
    return policyViewOf(await this.policies.current(target));
  }

  private async write(target: PolicyTarget, { query, body, ifMatch, reply }: Common<Write>): Promise<PolicyWriteResult> {
    return tagged(reply, await this.writer.write(target, { ...body, expectedVersion: ifMatch, dryRun: query.dryRun === 'true' }));
  }

  private async versions(target: PolicyTarget, { query }: Common<Versions>) {
    return toPage(await this.policies.versions(target, query), query.limit, policyViewOf, (row) => [row.version]);
  }

  private async revert(target: PolicyTarget, { body, ifMatch, reply }: Common<Revert>): Promise<PolicyWriteResult> {
    return tagged(reply, await this.writer.revert(target, ifMatch, body.version, body.comment));
  }
}

/** The entity tag of what was written, which stands one level down in this answer. */
function tagged(reply: FastifyReply, result: PolicyWriteResult): PolicyWriteResult {
  if (result.policy) void reply.header('etag', `"${result.policy.revision}"`);
  return result;
}

import { Controller } from '@nestjs/common';
import type { EffectivePolicyView } from '@phalanx/contracts';
import type { InputOf } from '../../platform/http/endpoint.js';
import { Input, Route } from '../../platform/http/route.js';
import { EffectivePolicies } from './effective-policies.js';
import { EFFECTIVE } from './policy.endpoints.js';
import { PolicyTargets } from './policy-targets.js';

/** The route of an application's effective policy. */
@Controller()
export class EffectivePolicyController {
  constructor(
    private readonly effective: EffectivePolicies,
    private readonly targets: PolicyTargets,
  ) {}

  @Route(EFFECTIVE)
  async get(@Input() { params }: InputOf<typeof EFFECTIVE>): Promise<EffectivePolicyView> {
    const { tenantId } = await this.targets.application(params.id);
    const row = (await this.effective.of([{ id: params.id, tenantId: tenantId! }])).get(params.id)!;
    return {
      applicationId: row.applicationId,
      tenantId: row.tenantId,
      version: row.version,
      digest: row.digest,
      settings: row.settings,
      origin: row.origin,
      locks: row.locks,
      computedAt: row.computedAt.toISOString(),
    };
  }
}

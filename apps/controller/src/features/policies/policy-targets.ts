import { Injectable } from '@nestjs/common';
import { TenantService } from '../tenants/index.js';
import { ApplicationDirectory } from './application-directory.js';
import { policyApplicationNotFound } from './policies.errors.js';
import { applicationPolicy, type PolicyTarget, tenantPolicy } from './policy-target.js';

/** Finds whose policy an address means. Throws `not-found` alike for what isn't there and what the caller may not see. */
@Injectable()
export class PolicyTargets {
  constructor(
    private readonly tenants: TenantService,
    private readonly applications: ApplicationDirectory,
  ) {}

  async tenant(id: string): Promise<PolicyTarget> {
    return tenantPolicy((await this.tenants.get(id)).id);
  }

  async application(id: string): Promise<PolicyTarget> {
    const [application] = await this.applications.find({ ids: [id] });
    if (!application) throw policyApplicationNotFound();
    return applicationPolicy(application);
  }
}

import type { AuditView, ClaimCreated, EnrolmentView } from '@phalanx/contracts';
import { type ProvisionedBox, provisionBox, publishCrs } from '@phalanx/testing';
import { type E2eFixture, startFixture } from '../e2e/fixture.js';

/** What somebody who came back again and again got out of it. */
export interface HammerResult {
  readonly attempts: number;
  readonly connected: number;
  readonly delivered: number;
}

/** One controller with boxes of which each meets another fate. */
export interface RogueWorld {
  readonly fixture: E2eFixture;
  readonly genuine: ProvisionedBox;
  readonly cloned: ProvisionedBox;
  readonly revoked: ProvisionedBox;
  /** From the first call that makes a place for the genuine box to the box being in sync. */
  readonly genuineMs: number;
  /** The minute in which the revoked box tries to come back; begins when it is revoked. */
  hammering: Promise<HammerResult> | null;
}

export async function openRogueWorld(): Promise<RogueWorld> {
  const fixture = await startFixture();
  try {
    await publishCrs(fixture.api);
    const startedAt = performance.now();
    let genuineMs = 0;
    const provision = (name: string) => provisionBox(fixture.stack, fixture.api, { name, upstreamPort: fixture.shopPort });
    const [genuine, cloned, revoked] = await Promise.all([
      provision('genuine').finally(() => (genuineMs = performance.now() - startedAt)),
      provision('cloned'),
      provision('revoked'),
    ]);
    return { fixture, genuine, cloned, revoked, genuineMs, hammering: null };
  } catch (error) {
    await fixture.stop();
    throw error;
  }
}

export function enrolmentsOf({ fixture }: RogueWorld, { appliance }: ProvisionedBox): Promise<EnrolmentView[]> {
  return fixture.api.all<EnrolmentView>(`/api/v1/enrolments?applianceId=${appliance.id}`);
}

/** Audit entries of one action that speak of the box. */
export async function auditOf({ fixture }: RogueWorld, action: string, { appliance }: ProvisionedBox): Promise<AuditView[]> {
  const entries = await fixture.api.all<AuditView>(`/api/v1/audit?action=${encodeURIComponent(action)}`);
  return entries.filter((entry) => entry.subject === `appliance:${appliance.id}`);
}

export function makeClaim({ fixture }: RogueWorld, { appliance }: ProvisionedBox): Promise<ClaimCreated> {
  return fixture.api.post<ClaimCreated>(`/api/v1/appliances/${appliance.id}/claims`, { validMinutes: 10 });
}

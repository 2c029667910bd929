import { randomUUID } from 'node:crypto';
import type { AuditView, ClaimCreated, EnrolmentView, EventView, OperatorView, Role, SecretView, TokenView } from '@phalanx/contracts';
import { exchange, type ProvisionedBox, provisionBox, publishCrs, RestClient, waitUntil } from '@phalanx/testing';
import { type CapturedIdentity, captureIdentity } from '../e2e/captured-identity.js';
import { type E2eFixture, startFixture } from '../e2e/fixture.js';
import { serverCertificate } from './certificates.js';

const PASSWORD = 'correct horse battery staple';
export const ATTACK = { method: 'GET', path: "/product?id=1'%20or%201=1--" } as const;

/** One customer with one of everything, and its callers. */
export interface WalledTenant {
  readonly name: string;
  readonly tenantId: string;
  readonly box: ProvisionedBox;
  readonly captured: CapturedIdentity;
  /** Callers with the widest rights that one tenant gives, by role. */
  readonly callers: Readonly<Record<'owner' | 'operator' | 'tenant-admin', RestClient>>;
  /** One id of each kind of thing that the tenant has. */
  readonly ids: Readonly<Record<string, string>>;
  /** Words that appear in nothing but this tenant's things. */
  readonly words: readonly string[];
}

export interface TwoTenants {
  readonly fixture: E2eFixture;
  readonly packId: string;
  readonly a: WalledTenant;
  readonly b: WalledTenant;
}

/** Attacks the box's application, and answers the request id on the block page. */
export async function attackOnce({ application }: ProvisionedBox): Promise<string> {
  const { status, body } = await exchange({ host: '127.0.0.1', port: application.listenPort, name: 'shop.example' }, ATTACK);
  const requestId = /\b[0-9a-f]{32}\b/.exec(body.toString('latin1'))?.[0];
  if (status !== 403 || !requestId) throw new Error(`an attack got ${status}`);
  return requestId;
}

export async function eventOf(api: RestClient, requestId: string): Promise<EventView> {
  return waitUntil('the event to be readable', async () => (await api.all<EventView>(`/api/v1/events?requestId=${requestId}`))[0], {
    timeoutMs: 20_000,
  });
}

async function signInAs(fixture: E2eFixture, role: Role, tenantId: string): Promise<{ id: string; client: RestClient }> {
  const username = `${role}-${randomUUID().slice(0, 8)}`;
  const bindings = [{ role, tenantId }];
  const { id } = await fixture.api.post<OperatorView>('/api/v1/operators', {
    username,
    displayName: username,
    password: PASSWORD,
    bindings,
  });
  return { id, client: await RestClient.signIn(fixture.stack.controllerUrl, username, PASSWORD) };
}

async function fillTenant(fixture: E2eFixture, name: string): Promise<WalledTenant> {
  const { api, stack } = fixture;
  const box = await provisionBox(stack, api, { name, upstreamPort: fixture.shopPort });
  const { tenantId, appliance, application, clusterId } = box;
  const certificate = await serverCertificate(`${name}.example`);
  const secret = await api.post<SecretView>('/api/v1/secrets', {
    tenantId,
    name: `certificate of ${name}`,
    kind: 'tls-certificate',
    certificatePem: certificate.certificatePem,
    privateKeyPem: certificate.privateKeyPem,
  });
  await api.change('PUT', `/api/v1/policies/tenants/${tenantId}`, {
    document: { settings: { privacy: { maskedFields: [`field-of-${name}`] } }, locks: [] },
    comment: `policy of ${name}`,
  });
  const claim = await api.post<ClaimCreated>(`/api/v1/appliances/${appliance.id}/claims`, { validMinutes: 60 });
  const [owner, operator, admin] = await Promise.all([
    signInAs(fixture, 'owner', tenantId),
    signInAs(fixture, 'operator', tenantId),
    signInAs(fixture, 'tenant-admin', tenantId),
  ]);
  const { token } = await owner.client.post<{ token: TokenView }>('/api/v1/tokens', {
    name: `token of ${name}`,
    permissions: ['fleet:read'],
    expiresInDays: 1,
  });
  const [enrolment] = await api.all<EnrolmentView>(`/api/v1/enrolments?applianceId=${appliance.id}`);
  const [audit] = await api.all<AuditView>(`/api/v1/audit?tenantId=${tenantId}`);
  const event = await eventOf(api, await attackOnce(box));
  return {
    name,
    tenantId,
    box,
    captured: captureIdentity(stack.boxHome(name)),
    callers: { owner: owner.client, operator: operator.client, 'tenant-admin': admin.client },
    ids: {
      tenant: tenantId,
      site: appliance.siteId,
      cluster: clusterId,
      appliance: appliance.id,
      application: application.id,
      secret: secret.id,
      claim: claim.id,
      enrolment: enrolment!.id,
      operator: operator.id,
      token: token.id,
      audit: audit!.id,
      event: event.id,
    },
    words: [name, `certificate of ${name}`, `policy of ${name}`, `field-of-${name}`, `token of ${name}`, event.id],
  };
}

/** Two customers on one controller, each with a real box under its own policy. */
export async function openTwoTenants(): Promise<TwoTenants> {
  const fixture = await startFixture();
  try {
    const pack = await publishCrs(fixture.api);
    const [a, b] = await Promise.all([fillTenant(fixture, 'anemone'), fillTenant(fixture, 'buttercup')]);
    return { fixture, packId: pack.id, a, b };
  } catch (error) {
    await fixture.stop();
    throw error;
  }
}

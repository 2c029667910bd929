import {
  gravestRule,
  type ApplianceView,
  type ApplicationView,
  type AuditView,
  type BlockReleaseView,
  type BlockView,
  type BoxBlockView,
  type ClusterView,
  type EnrolmentView,
  type EventView,
  type OperatorView,
  type PackView,
  type PolicyVersionView,
  type SecretView,
  type SiteView,
  type TenantView,
  type TokenView,
} from '@phalanx/contracts';
import type { Column } from './output/table.js';

/** A kind of thing that `list` and `show` know. */
export interface Resource {
  readonly path: string;
  readonly columns: readonly Column<never>[];
  /** Whether its list takes `tenantId`. */
  readonly byTenant: boolean;
  /** The word by which people name one, besides its id. */
  readonly nameOf: (item: never) => string;
}

function resource<T>(path: string, byTenant: boolean, nameOf: (item: T) => string, columns: Record<string, Column<T>['value']>): Resource {
  return { path, byTenant, nameOf, columns: Object.entries(columns).map(([title, value]) => ({ title, value })) };
}

/** What an event that is no attack says in a line. */
function wordsOf(event: EventView): string | null {
  switch (event.kind) {
    case 'attack':
      return null;
    case 'system':
      return event.message;
    case 'loss':
      return `${event.lost} lost`;
    case 'network': {
      const place = [event.destination, event.port].filter((part) => part !== null).join(' port ');
      return `${event.threat}${place ? ` to ${place}` : ''}${event.rule ? ` (${event.rule})` : ''}`;
    }
    case 'ha':
      return `${event.from} to ${event.to} (${event.cause})`;
  }
}

const attack = <R>(event: EventView, read: (attack: Extract<EventView, { kind: 'attack' }>) => R): R | null =>
  event.kind === 'attack' ? read(event) : null;

export const EVENT_COLUMNS: Record<string, Column<EventView>['value']> = {
  TIME: (e) => e.occurredAt,
  ACTION: (e) => ('action' in e ? e.action : e.kind),
  SOURCE: (e) => ('source' in e ? e.source : null),
  REQUEST: (e) => attack(e, (a) => `${a.method} ${a.host}${a.path}`.slice(0, 80)) ?? wordsOf(e),
  RULE: (e) => attack(e, (a) => gravestRule(a.rules)?.id),
  SCORE: (e) => attack(e, (a) => a.score.inbound),
  COUNT: (e) => ('count' in e ? e.count : null),
  'REQUEST ID': (e) => attack(e, (a) => a.requestId),
};

/** All kinds by their word on the command line. */
export const RESOURCES = {
  tenants: resource<TenantView>('tenants', false, (t) => t.slug, {
    ID: (t) => t.id,
    SLUG: (t) => t.slug,
    NAME: (t) => t.name,
    CREATED: (t) => t.createdAt,
  }),
  sites: resource<SiteView>('sites', true, (s) => s.name, { ID: (s) => s.id, NAME: (s) => s.name, 'TIME ZONE': (s) => s.timeZone }),
  clusters: resource<ClusterView>('clusters', true, (c) => c.name, { ID: (c) => c.id, NAME: (c) => c.name, KIND: (c) => c.kind }),
  appliances: resource<ApplianceView>('appliances', true, (a) => a.name, {
    ID: (a) => a.id,
    NAME: (a) => a.name,
    ONLINE: (a) => (a.online ? 'online' : 'offline'),
    STATE: (a) => a.syncState,
    WHY: (a) => a.syncReason,
    ENGINE: (a) => a.engineVersion,
    'LAST SEEN': (a) => a.lastSeenAt,
  }),
  applications: resource<ApplicationView>('applications', true, (a) => a.name, {
    ID: (a) => a.id,
    NAME: (a) => a.name,
    LEVEL: (a) => a.level,
    HOSTS: (a) => a.hosts.join(','),
    PORT: (a) => a.listenPort,
    POLICY: (a) => a.settingsDigest.slice(0, 12),
  }),
  policies: resource<PolicyVersionView>('policies', true, (p) => p.applicationId ?? p.tenantId ?? 'provider', {
    SCOPE: (p) => p.scope,
    OF: (p) => p.applicationId ?? p.tenantId ?? 'all tenants',
    VERSION: (p) => p.version,
    DIGEST: (p) => p.digest.slice(0, 12),
    BY: (p) => p.createdBy,
    AT: (p) => p.createdAt,
    COMMENT: (p) => p.comment,
  }),
  packs: resource<PackView>('signature-packs', false, (p) => p.packVersion, {
    ID: (p) => p.id,
    NAME: (p) => p.name,
    VERSION: (p) => p.packVersion,
    FILES: (p) => p.files,
    SHA256: (p) => p.sha256.slice(0, 12),
  }),
  enrolments: resource<EnrolmentView>('enrolments', true, (e) => e.serial, {
    ID: (e) => e.id,
    APPLIANCE: (e) => e.applianceId,
    STATE: (e) => e.state,
    SERIAL: (e) => e.serial,
    EXPIRES: (e) => e.notAfter,
    WHY: (e) => e.reason,
  }),
  secrets: resource<SecretView>('secrets', true, (s) => s.name, {
    ID: (s) => s.id,
    NAME: (s) => s.name,
    KIND: (s) => s.kind,
    SUBJECTS: (s) => s.subjects.join(','),
    EXPIRES: (s) => s.notAfter,
  }),
  operators: resource<OperatorView>('operators', false, (o) => o.username, {
    ID: (o) => o.id,
    USERNAME: (o) => o.username,
    NAME: (o) => o.displayName,
    ROLES: (o) => [...new Set(o.bindings.map((b) => b.role))].join(','),
    'LAST LOGIN': (o) => o.lastLoginAt,
  }),
  tokens: resource<TokenView>('tokens', false, (t) => t.name, {
    ID: (t) => t.id,
    NAME: (t) => t.name,
    EXPIRES: (t) => t.expiresAt,
    REVOKED: (t) => t.revokedAt,
    PERMISSIONS: (t) => t.permissions.join(','),
  }),
  blocks: resource<BlockView>('blocks', true, (b) => b.address, {
    ID: (b) => b.id,
    ADDRESS: (b) => b.address,
    PROVEN: (b) => `${b.boxes.proven} of ${b.boxes.wanted}`,
    EXPIRES: (b) => b.expiresAt,
    BY: (b) => b.createdBy,
    REASON: (b) => b.reason,
  }),
  'block-releases': resource<BlockReleaseView>('block-releases', true, (r) => r.address, {
    TENANT: (r) => r.tenantId,
    ADDRESS: (r) => r.address,
    UNTIL: (r) => r.expiresAt,
    BY: (r) => r.createdBy,
    REASON: (r) => r.reason,
  }),
  'box-blocks': resource<BoxBlockView>('box-blocks', true, (b) => b.address, {
    BOX: (b) => b.applianceId,
    ADDRESS: (b) => b.address,
    WHY: (b) => b.reason,
    PACKETS: (b) => b.packets,
    EXPIRES: (b) => b.expiresAt,
  }),
  events: resource<EventView>('events', true, (e) => e.id, EVENT_COLUMNS),
  audit: resource<AuditView>('audit', true, (a) => a.id, {
    SEQ: (a) => a.sequence,
    TIME: (a) => a.at,
    ACTOR: (a) => a.actor,
    ACTION: (a) => a.action,
    SUBJECT: (a) => a.subject,
    OUTCOME: (a) => a.outcome,
  }),
} satisfies Record<string, Resource>;

export type ResourceName = keyof typeof RESOURCES;
export const RESOURCE_NAMES = Object.keys(RESOURCES) as ResourceName[];

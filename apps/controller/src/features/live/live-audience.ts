import { LIVE_TOPICS, type LiveTopic, type Permission } from '@phalanx/contracts';
import type { LiveHint } from '../../platform/live/live-bus.js';
import type { Principal } from '../../platform/http/principal.js';

/** What one must be allowed to read in order to hear of it. */
const PERMISSION = {
  event: 'event:read',
  appliance: 'fleet:read',
  application: 'application:read',
  policy: 'policy:read',
  enrolment: 'enrolment:read',
  network: 'fleet:read',
  ha: 'fleet:read',
  block: 'fleet:read',
} as const satisfies Record<LiveTopic, Permission>;

export interface LiveWish {
  /** All unless given. Unknown names select nothing. */
  readonly topics?: string | undefined;
  readonly tenantId?: string | undefined;
}

/** Which hints one caller gets: those of the topics it asked for, in tenants where it may read them now. */
export class LiveAudience {
  private readonly tenants: ReadonlyMap<LiveTopic, ReadonlySet<string>>;

  constructor(
    private readonly principal: Principal,
    private readonly wish: LiveWish,
  ) {
    const wanted = wish.topics?.split(',');
    const topics = LIVE_TOPICS.filter((topic) => !wanted || wanted.includes(topic));
    this.tenants = new Map(topics.map((topic) => [topic, new Set(principal.tenantsOf.get(PERMISSION[topic]) ?? [])]));
  }

  hears({ topic, tenantId }: LiveHint): boolean {
    const tenants = this.tenants.get(topic);
    if (!tenants) return false;
    if (tenantId === null) return this.wish.tenantId === undefined && this.principal.providerWide.has(PERMISSION[topic]);
    return tenants.has(tenantId) && (this.wish.tenantId ?? tenantId) === tenantId;
  }

  /** Tenants whose events the caller may read. */
  eventTenants(): readonly string[] {
    return this.principal.tenantsOf.get(PERMISSION.event) ?? [];
  }
}

import type { Permission } from '@phalanx/contracts';
import type { FastifyRequest } from 'fastify';

/** The caller of a route, as the session or token says. */
export interface Principal {
  readonly kind: 'operator' | 'token';
  readonly operatorId: string;
  readonly username: string;
  /** `operator:<username>` or `token:<token id>`: what the audit trail names. */
  readonly actor: string;
  /** Session or token id. */
  readonly credentialId: string;
  /** Tenants in which each permission is held, as of now. */
  readonly tenantsOf: ReadonlyMap<Permission, readonly string[]>;
  /** Permissions that are held for all tenants, present and future. */
  readonly providerWide: ReadonlySet<Permission>;
  /** What a change by cookie must send back in `X-CSRF-Token`; null for tokens. */
  readonly csrfToken: string | null;
}

/** Turns a request's cookie or bearer token into a caller. Implemented by the access feature. */
export abstract class Authenticator {
  /**
   * Null where there is no credential at all. Throws `unauthenticated` for one that is unknown, expired or revoked.
   */
  abstract authenticate(request: FastifyRequest): Promise<Principal | null>;
  /** The same for a request that stays open (a stream) and is judged again: looking on is no use of the session, so it may still end as idle. */
  abstract reauthenticate(request: FastifyRequest): Promise<Principal | null>;
}

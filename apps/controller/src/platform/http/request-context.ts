import { AsyncLocalStorage } from 'node:async_hooks';
import type { Principal } from './principal.js';

/** Who asks, for code far from the handler (the audit trail). */
export interface RequestContext {
  readonly requestId: string;
  readonly principal: Principal | null;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

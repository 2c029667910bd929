import type { Permission, SessionView } from '@phalanx/contracts';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { ApiClient } from './api-client.js';
import { useApi } from './api-context.js';
import { ApiError } from './api-error.js';

export const SESSION_KEY = ['/session'] as const;

/** Who is signed in; null when nobody is. */
export function sessionQuery(api: ApiClient) {
  return queryOptions({
    queryKey: SESSION_KEY,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<SessionView | null> => {
      try {
        const session = await api.get<SessionView>('/session', {}, signal);
        api.csrfToken = session.csrfToken;
        return session;
      } catch (thrown) {
        if (thrown instanceof ApiError && thrown.status === 401) return null;
        throw thrown;
      }
    },
  });
}

const NOBODY: SessionView = {
  operatorId: '',
  username: '',
  displayName: '',
  bindings: [],
  permissions: [],
  tenants: [],
  expiresAt: '',
  csrfToken: null,
};

/** The session of a page inside the frame. Nobody, with no permission at all, in the moment between signing out and leaving. */
export function useSession(): SessionView {
  return useQuery(sessionQuery(useApi())).data ?? NOBODY;
}

/** Whether the caller holds a permission in at least one tenant. The controller judges each call by itself. */
export function useCan(permission: Permission): boolean {
  return useSession().permissions.includes(permission);
}

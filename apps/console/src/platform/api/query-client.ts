import { QueryClient } from '@tanstack/react-query';
import { toApiError } from './api-error.js';

/** Attempts after the first; only for errors that may pass. */
const RETRIES = 2;

/** Cache of what the API answered. A query's key is `[path, query]`, so that a live hint finds all that stands below a path. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        gcTime: 5 * 60_000,
        retry: (failures, error) => failures < RETRIES && toApiError(error).isPassing,
        retryDelay: (attempt) => 500 * 2 ** attempt,
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
}

import type { Page } from '@phalanx/contracts';
import { keepPreviousData, useInfiniteQuery, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useApi } from './api-context.js';
import type { QueryParams } from './query-string.js';

const PAGE_SIZE = 100;
/** Pages that "all of them" reads at most; beyond it a list says that there are more. */
const MOST_PAGES = 10;

interface Options {
  readonly enabled?: boolean;
  readonly refetchIntervalMs?: number | false;
  readonly staleTimeMs?: number;
  /** Shows the answer to the query before until the new one is there. */
  readonly keepOld?: boolean;
  /** Never read anew by itself, and forgotten when nobody shows it: for lists that live updates keep fresh. */
  readonly isLive?: boolean;
}

function settings({ enabled = true, refetchIntervalMs = false, staleTimeMs, keepOld = false, isLive = false }: Options) {
  return {
    enabled,
    refetchInterval: refetchIntervalMs,
    ...(staleTimeMs === undefined ? {} : { staleTime: staleTimeMs }),
    ...(isLive ? { staleTime: Number.POSITIVE_INFINITY, gcTime: 0, refetchOnWindowFocus: false } : {}),
    ...(keepOld ? { placeholderData: keepPreviousData } : {}),
  };
}

/** One resource. Its key begins with its path. */
export function useResource<T>(path: string, query: QueryParams = {}, options: Options = {}): UseQueryResult<T> {
  const api = useApi();
  return useQuery({ queryKey: [path, query], queryFn: ({ signal }) => api.get<T>(path, query, signal), ...settings(options) });
}

/** A list that is read page by page as its reader scrolls. */
export function usePages<T>(path: string, query: QueryParams, options: Options = {}) {
  const api = useApi();
  const result = useInfiniteQuery({
    queryKey: [path, 'pages', query],
    queryFn: ({ pageParam, signal }) => api.get<Page<T>>(path, { limit: PAGE_SIZE, ...query, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    ...settings(options),
  });
  const items: T[] = result.data?.pages.flatMap((page) => [...page.items]) ?? [];
  return { ...result, items };
}

export interface WholeList<T> {
  readonly items: readonly T[];
  /** Whether there are more than were read. */
  readonly isCut: boolean;
}

/** A whole short list (names to choose from, counts). Reads up to 2,000 items. */
export function useWholeList<T>(path: string, query: QueryParams = {}, options: Options = {}): UseQueryResult<WholeList<T>> {
  const api = useApi();
  return useQuery({
    queryKey: [path, 'whole', query],
    queryFn: async ({ signal }): Promise<WholeList<T>> => {
      const items: T[] = [];
      let cursor: string | null = null;
      for (let count = 0; count < MOST_PAGES; count++) {
        const page: Page<T> = await api.get<Page<T>>(path, { limit: 200, ...query, cursor }, signal);
        items.push(...page.items);
        cursor = page.nextCursor;
        if (cursor === null) break;
      }
      return { items, isCut: cursor !== null };
    },
    placeholderData: keepPreviousData,
    ...settings(options),
  });
}

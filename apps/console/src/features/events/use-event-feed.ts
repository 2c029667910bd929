import type { EventView } from '@phalanx/contracts';
import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { usePages } from '../../platform/api/use-list.js';
import { useLive } from '../../platform/live/live-context.js';
import { eventQuery, matchesFilter, type EventFilter } from './event-search.js';
import { EMPTY_FEED, mergeWithPages, receive, release, type LiveFeed } from './live-feed.js';

/** Live events are put into the list this often. */
const FLUSH_MS = 400;

/** The list of events behind a filter, growing at its head as events come (unless held) and at its end as the reader scrolls. */
export function useEventFeed(filter: EventFilter, tenantId: string | undefined, isHeld: boolean) {
  const queries = useQueryClient();
  const query = eventQuery(filter, tenantId);
  const queryId = JSON.stringify(query);
  const pages = usePages<EventView>('/events', query, { isLive: true });
  const [feed, setFeed] = useState<LiveFeed>(EMPTY_FEED);
  const [isPaused, setPaused] = useState(false);
  const [isAtTop, setAtTop] = useState(true);
  const arrived = useRef<EventView[]>([]);
  const isFollowing = !isPaused && isAtTop && !isHeld;

  useEffect(() => {
    arrived.current = [];
    setFeed(EMPTY_FEED);
  }, [queryId]);

  const reread = useCallback(async () => {
    const key = ['/events', 'pages', JSON.parse(queryId) as typeof query];
    queries.setQueryData<InfiniteData<unknown>>(
      key,
      (data) => data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
    );
    await queries.invalidateQueries({ queryKey: key });
    setFeed(EMPTY_FEED);
  }, [queries, queryId]);

  useLive(
    'event',
    ({ event }) => {
      if (event && matchesFilter(event, filter, tenantId)) arrived.current.push(event);
    },
    () => setFeed((now) => ({ ...now, isTorn: true })),
  );

  useEffect(() => {
    const timer = setInterval(() => {
      if (arrived.current.length === 0) return;
      const fresh = arrived.current;
      arrived.current = [];
      setFeed((now) => receive(now, fresh, isFollowing));
    }, FLUSH_MS);
    return () => clearInterval(timer);
  }, [isFollowing]);

  // Whoever follows gets what waited, and a torn list is read anew.
  useEffect(() => {
    if (!isFollowing) return;
    if (feed.isTorn) void reread();
    else if (feed.waiting.length > 0) setFeed(release);
  }, [isFollowing, feed.isTorn, feed.waiting.length, reread]);

  const rows = useMemo(() => mergeWithPages(feed.shown, pages.items), [feed.shown, pages.items]);
  return { pages, rows, waiting: feed.waiting.length, isTorn: feed.isTorn, isPaused, setPaused, setAtTop };
}

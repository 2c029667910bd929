import type { EventView } from '@phalanx/contracts';

/** Events that came live, newest first: those that are shown, and those that wait until the reader wants them. */
export interface LiveFeed {
  readonly shown: readonly EventView[];
  readonly waiting: readonly EventView[];
  /** Too many came to keep, or some were missed: the list must be read anew instead. */
  readonly isTorn: boolean;
}

export const EMPTY_FEED: LiveFeed = { shown: [], waiting: [], isTorn: false };
/** Events kept in each of the two; beyond it the list is read anew. */
export const FEED_LIMIT = 500;

const newestFirst = (a: EventView, b: EventView): number =>
  a.occurredAt === b.occurredAt ? (a.id < b.id ? 1 : -1) : a.occurredAt < b.occurredAt ? 1 : -1;

function merge(fresh: readonly EventView[], old: readonly EventView[]): EventView[] {
  const known = new Set(old.map(({ id }) => id));
  return [...fresh.filter(({ id }) => !known.has(id)), ...old].sort(newestFirst);
}

/** Takes in what came; into sight if the reader follows, else to those that wait. */
export function receive(feed: LiveFeed, fresh: readonly EventView[], isFollowing: boolean): LiveFeed {
  const target = merge(fresh, isFollowing ? feed.shown : feed.waiting);
  if (target.length > FEED_LIMIT) return { ...feed, waiting: isFollowing ? feed.waiting : target.slice(0, FEED_LIMIT), isTorn: true };
  return isFollowing ? { ...feed, shown: target } : { ...feed, waiting: target };
}

/** Shows what waits. */
export function release(feed: LiveFeed): LiveFeed {
  return { ...feed, shown: merge(feed.waiting, feed.shown), waiting: [] };
}

/** The list as it is shown: live events, then those that were read, each once. */
export function mergeWithPages(shown: readonly EventView[], read: readonly EventView[]): readonly EventView[] {
  return shown.length === 0 ? read : merge(shown, read);
}

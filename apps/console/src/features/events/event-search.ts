import { instantSchema, ipAddressSchema, type EventView } from '@phalanx/contracts';
import type { QueryParams } from '../../platform/api/query-string.js';
import { pickSearch, type SearchOf } from '../../platform/format/search-params.js';

export const KINDS = ['attack', 'network', 'ha', 'system', 'loss'] as const;
export const ACTIONS = ['blocked', 'detected', 'passed'] as const;
const KEYS = ['applianceId', 'applicationId', 'kind', 'action', 'ruleId', 'source', 'requestId', 'q', 'from', 'to', 'event'] as const;

/** The events page's filter (and the event that lies open) as its address carries it. */
export type EventSearch = SearchOf<(typeof KEYS)[number]>;
/** The filter alone. */
export type EventFilter = Omit<EventSearch, 'event'>;

const IS_VALID: Readonly<Partial<Record<keyof EventSearch, (value: string) => boolean>>> = {
  kind: (value) => (KINDS as readonly string[]).includes(value),
  action: (value) => (ACTIONS as readonly string[]).includes(value),
  ruleId: (value) => /^\d{1,9}$/.test(value),
  source: (value) => ipAddressSchema.safeParse(value).success,
  requestId: (value) => value.length >= 8 && value.length <= 64,
  q: (value) => value.length <= 200,
  from: (value) => instantSchema.safeParse(value).success,
  to: (value) => instantSchema.safeParse(value).success,
};

/** Whether the controller would take a value for this part of the filter. */
export function isValidPart(key: keyof EventSearch, value: string): boolean {
  return IS_VALID[key]?.(value) ?? true;
}

/** Reads the filter from an address. Parts that the controller would refuse are left out. */
export function parseEventSearch(raw: Record<string, unknown>): EventSearch {
  const picked = pickSearch(raw, KEYS);
  for (const key of KEYS) {
    const value = picked[key];
    if (value !== undefined && !isValidPart(key, value)) delete picked[key];
  }
  return picked;
}

/** The filter as the query of `GET /events`. */
export function eventQuery(
  { applianceId, applicationId, kind, action, ruleId, source, requestId, q, from, to }: EventFilter,
  tenantId: string | undefined,
): QueryParams {
  return { tenantId, applianceId, applicationId, kind, action, ruleId, source, requestId, q, from, to };
}

/** Whether the controller's list would hold this event: the same filter, for events that come live. */
export function matchesFilter(event: EventView, filter: EventFilter, tenantId: string | undefined): boolean {
  if (tenantId !== undefined && event.tenantId !== tenantId) return false;
  if (filter.applianceId !== undefined && event.applianceId !== filter.applianceId) return false;
  if (filter.kind !== undefined && event.kind !== filter.kind) return false;
  if (filter.from !== undefined && event.occurredAt < filter.from) return false;
  if (filter.to !== undefined && event.occurredAt >= filter.to) return false;
  const { applicationId, action, ruleId, source, requestId, q } = filter;
  if ([applicationId, action, ruleId, source, requestId, q].every((part) => part === undefined)) return true;
  if (event.kind !== 'attack') return false;
  return (
    (applicationId === undefined || event.applicationId === applicationId) &&
    (action === undefined || event.action === action) &&
    (ruleId === undefined || event.rules.some(({ id }) => id === Number(ruleId))) &&
    (source === undefined || event.source === source) &&
    (requestId === undefined || event.requestId === requestId) &&
    (q === undefined || [event.path, event.query].some((text) => text.toLowerCase().includes(q.toLowerCase())))
  );
}

/** Whether any part of the filter is set. */
export function isFiltered(filter: EventSearch): boolean {
  return KEYS.some((key) => key !== 'event' && filter[key] !== undefined);
}

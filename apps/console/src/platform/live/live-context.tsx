import { LIVE_TOPICS, type LiveMessage, type LiveTopic, type Permission } from '@phalanx/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useEffectEvent, useState, useSyncExternalStore } from 'react';
import { useApi } from '../api/api-context.js';
import { sessionQuery, useSession } from '../api/session.js';
import { useTenant } from '../frame/use-tenant.js';
import { Gather } from './gather.js';
import { type EventStream, LiveConnection, type LiveStatus } from './live-connection.js';

const GATHER_MS = 400;
const NEEDS = {
  event: 'event:read',
  appliance: 'fleet:read',
  application: 'application:read',
  policy: 'policy:read',
  enrolment: 'enrolment:read',
  network: 'fleet:read',
  ha: 'fleet:read',
  block: 'fleet:read',
} as const satisfies Record<LiveTopic, Permission>;

/** Paths whose answers a hint makes old; one that ends in `/` stands for everything below it. */
const STALE_PATHS = {
  appliance: (id: string) => ['/appliances', `/appliances/${id}`, `/appliances/${id}/`],
  application: () => ['/applications', '/applications/', '/appliances', '/appliances/'],
  policy: () => ['/policies', '/policies/', '/applications', '/applications/', '/appliances', '/appliances/'],
  enrolment: (id: string) => ['/enrolments', '/appliances', `/appliances/${id}`],
  network: (id: string) => ['/clusters', `/clusters/${id}`, `/clusters/${id}/`],
  ha: (id: string) => ['/clusters', `/clusters/${id}`, `/clusters/${id}/`],
  block: () => ['/blocks', '/blocks/', '/box-blocks'],
} as const satisfies Record<Exclude<LiveTopic, 'event'>, (id: string) => readonly string[]>;
const ALL_PATHS = [
  '/appliances',
  '/appliances/',
  '/applications',
  '/applications/',
  '/policies',
  '/policies/',
  '/enrolments',
  '/clusters',
  '/clusters/',
  '/blocks',
  '/blocks/',
  '/box-blocks',
];
const HINTS = ['appliance', 'application', 'policy', 'enrolment', 'network', 'ha', 'block'] as const;

const LiveContext = createContext<LiveConnection | null>(null);

/** Opens the live stream of the chosen tenant, and has what a hint names read anew. */
export function LiveProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const { permissions, operatorId } = useSession();
  const tenantId = useTenant()?.id;
  const allowed = LIVE_TOPICS.filter((topic) => permissions.includes(NEEDS[topic])).join(',');
  const [connection, setConnection] = useState<LiveConnection | null>(null);
  const queries = useQueryClient();
  const api = useApi();

  // A stream ends with its session: whoever lost it asks whether there still is one.
  const leaveIfSignedOut = useEffectEvent(async () => {
    const session = await queries.fetchQuery({ ...sessionQuery(api), staleTime: 0, retry: false }).catch(() => 'unknown' as const);
    if (session === null) api.onSignedOut();
  });

  useEffect(() => {
    if (operatorId === '') return;
    const topics = allowed === '' ? [] : (allowed.split(',') as LiveTopic[]);
    const live = new LiveConnection({ open: (url) => new EventSource(url) as EventStream, topics, tenantId });
    const refresh = new Gather<string>(GATHER_MS, (paths) => {
      void queries.invalidateQueries({ predicate: ({ queryKey }) => isBelow(String(queryKey[0]), paths) });
    });
    const stops = HINTS.filter((topic) => topics.includes(topic)).map((topic) =>
      live.listen(topic, ({ id }) => STALE_PATHS[topic](id).forEach((path) => refresh.add(path))),
    );
    stops.push(live.onResume(() => ALL_PATHS.forEach((path) => refresh.add(path))));
    stops.push(live.onStatus(() => live.status() === 'lost' && void leaveIfSignedOut()));
    setConnection(live);
    return () => {
      for (const stop of stops) stop();
      refresh.stop();
      live.close();
    };
  }, [allowed, tenantId, operatorId, queries]);

  return <LiveContext value={connection}>{children}</LiveContext>;
}

function isBelow(path: string, stale: ReadonlySet<string>): boolean {
  for (const mark of stale) if (mark.endsWith('/') ? path.startsWith(mark) : path === mark) return true;
  return false;
}

const noStatus = () => () => undefined;
const offStatus = (): LiveStatus => 'off';

/** Whether changes arrive by themselves now. */
export function useLiveStatus(): LiveStatus {
  const live = useContext(LiveContext);
  return useSyncExternalStore(live?.onStatus ?? noStatus, live?.status ?? offStatus);
}

/** Calls `onMessage` for each message of a topic, and `onResume` when some may have been missed. */
export function useLive(topic: LiveTopic, onMessage: (message: LiveMessage) => void, onResume: () => void): void {
  const live = useContext(LiveContext);
  const message = useEffectEvent(onMessage);
  const resume = useEffectEvent(onResume);
  useEffect(() => {
    if (!live) return;
    const stops = [live.listen(topic, (item) => message(item)), live.onResume(() => resume())];
    return () => stops.forEach((stop) => stop());
  }, [live, topic]);
}

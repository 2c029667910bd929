import { type ApplicationView, type EventView, gravestRule, type Page } from '@phalanx/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useResource } from '../../platform/api/use-list.js';
import { ActionStatus } from '../../platform/components/action-status.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Empty } from '../../platform/components/empty.js';
import { Loaded } from '../../platform/components/loaded.js';
import { PlainTable, type PlainColumn } from '../../platform/components/plain-table.js';
import { ClockTime } from '../../platform/components/time.js';
import { Gather } from '../../platform/live/gather.js';
import { useLive } from '../../platform/live/live-context.js';

const SHOWN = 8;
const REREAD_MS = 1_500;

/** The application's newest attacks. */
export function RecentEvents({ application }: { readonly application: ApplicationView }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const query = { applicationId: application.id, kind: 'attack', limit: SHOWN };
  const events = useResource<Page<EventView>>('/events', query, { refetchIntervalMs: 30_000 });
  const reread = useMemo(() => new Gather<string>(REREAD_MS, () => void queries.invalidateQueries({ queryKey: ['/events'] })), [queries]);
  useEffect(() => () => reread.stop(), [reread]);
  useLive(
    'event',
    ({ event }) => {
      if (event?.kind === 'attack' && event.applicationId === application.id) reread.add(event.id);
    },
    () => reread.add('all'),
  );
  const columns: readonly PlainColumn<EventView>[] = [
    { id: 'time', header: t('event.column.time'), cell: (row) => <ClockTime at={row.occurredAt} /> },
    { id: 'action', header: t('event.column.action'), cell: (row) => row.kind === 'attack' && <ActionStatus action={row.action} /> },
    {
      id: 'request',
      header: t('event.column.request'),
      cell: (row) =>
        row.kind === 'attack' && (
          <AnchorLink to="/events/$id" params={{ id: row.id }} className="mono">
            {`${row.method} ${row.path}`.slice(0, 60)}
          </AnchorLink>
        ),
    },
    {
      id: 'rule',
      header: t('event.column.rule'),
      cell: (row) => row.kind === 'attack' && (gravestRule(row.rules)?.message ?? t('state.none')),
    },
    {
      id: 'source',
      header: t('event.column.source'),
      cell: (row) =>
        row.kind === 'attack' && (
          <AnchorLink to="/events" search={(now) => ({ tenant: now.tenant, source: row.source })} className="mono">
            {row.source}
          </AnchorLink>
        ),
    },
  ];
  return (
    <Loaded query={events} what={t('event.unread')} lines={5}>
      {({ items }) => (
        <PlainTable
          label={t('application.recent.title')}
          columns={columns}
          rows={items}
          keyOf={(row) => row.id}
          empty={<Empty title={t('application.recent.none')} next={t('application.recent.noneNext')} />}
        />
      )}
    </Loaded>
  );
}

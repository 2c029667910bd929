import { type EventView, gravestRule } from '@phalanx/contracts';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useAppliances, useApplications, useNameOf } from '../../platform/api/resources.js';
import { useSession } from '../../platform/api/session.js';
import { ActionStatus } from '../../platform/components/action-status.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Status } from '../../platform/components/status.js';
import { ClockTime } from '../../platform/components/time.js';
import type { Column } from '../../platform/components/virtual-table.js';
import { useFormat } from '../../platform/format/use-format.js';
import { haLine, networkLine } from './box-event-line.js';
import { useTenant } from '../../platform/frame/use-tenant.js';

/** The columns of the list of events; the tenant's only where several are shown. */
export function useEventColumns(): readonly Column<EventView>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const tenant = useTenant();
  const tenantName = useNameOf(useSession().tenants);
  const applicationName = useNameOf(useApplications(tenant?.id).data?.items);
  const applianceName = useNameOf(useAppliances(tenant?.id).data?.items);
  return useMemo(
    () => [
      { id: 'time', header: t('event.column.time'), width: '84px', cell: (row) => <ClockTime at={row.occurredAt} /> },
      { id: 'what', header: t('event.column.what'), width: '92px', cell: (row) => <What event={row} /> },
      ...(tenant
        ? []
        : [
            {
              id: 'tenant',
              header: t('event.column.tenant'),
              width: 'minmax(80px, 0.7fr)',
              cell: (row: EventView) => tenantName(row.tenantId),
            },
          ]),
      {
        id: 'where',
        header: t('event.column.where'),
        width: 'minmax(100px, 0.9fr)',
        cell: (row) =>
          row.kind === 'attack' && row.applicationId !== null ? applicationName(row.applicationId) : applianceName(row.applianceId),
      },
      {
        id: 'source',
        header: t('event.column.source'),
        width: '108px',
        cell: (row) =>
          row.kind === 'attack' && (
            <AnchorLink to="/events" search={(now) => ({ ...now, source: row.source })} className="mono">
              {row.source}
            </AnchorLink>
          ),
      },
      {
        id: 'request',
        header: t('event.column.request'),
        width: 'minmax(180px, 3fr)',
        cell: (row) => <Summary event={row} />,
      },
      {
        id: 'rule',
        header: t('event.column.rule'),
        width: 'minmax(160px, 2.6fr)',
        cell: (row) => {
          const rule = row.kind === 'attack' ? gravestRule(row.rules) : undefined;
          return rule && <span title={rule.message}>{`${rule.id} ${rule.message}`}</span>;
        },
      },
      {
        id: 'score',
        header: t('event.column.score'),
        width: '44px',
        isNumber: true,
        cell: (row) => row.kind === 'attack' && format.number(row.score.inbound),
      },
      {
        id: 'count',
        header: t('event.column.count'),
        width: '44px',
        isNumber: true,
        cell: (row) => row.kind === 'attack' && row.count > 1 && t('event.times', { count: row.count }),
      },
    ],
    [t, format, tenant, tenantName, applicationName, applianceName],
  );
}

function What({ event }: { readonly event: EventView }): ReactNode {
  const { t } = useTranslation();
  if (event.kind === 'attack') return <ActionStatus action={event.action} />;
  if (event.kind === 'loss')
    return (
      <Status tone="bad" icon={IconAlertTriangle}>
        {t('event.kind.loss')}
      </Status>
    );
  if (event.kind === 'network') return <ActionStatus action={event.action} />;
  return (
    <Status tone="none" icon={IconInfoCircle}>
      {t(`event.kind.${event.kind}`)}
    </Status>
  );
}

function Summary({ event }: { readonly event: EventView }): ReactNode {
  const { t } = useTranslation();
  if (event.kind === 'system') return <span title={event.message}>{event.message}</span>;
  if (event.kind === 'loss') return <span>{t('event.lossSummary', { count: event.lost, reason: event.reason })}</span>;
  if (event.kind === 'network') return <span title={networkLine(event, t)}>{networkLine(event, t)}</span>;
  if (event.kind === 'ha') return <span title={event.message}>{haLine(event, t)}</span>;
  const line = `${event.method} ${event.path}${event.query === '' ? '' : `?${event.query}`}`;
  return (
    <span className="mono" title={line}>
      {line}
    </span>
  );
}

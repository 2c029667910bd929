import type { ApplicationView, RollupView } from '@phalanx/contracts';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useNameOf } from '../../platform/api/resources.js';
import { useCan, useSession } from '../../platform/api/session.js';
import { useResource } from '../../platform/api/use-list.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Empty } from '../../platform/components/empty.js';
import { LevelStatus } from '../../platform/components/level-status.js';
import { useSpanWindow } from '../../platform/components/time-span.js';
import { type Column, VirtualTable } from '../../platform/components/virtual-table.js';
import { useFormat } from '../../platform/format/use-format.js';
import { useTenant } from '../../platform/frame/use-tenant.js';
import { describeTargets } from './describe-upstream.js';

interface Props {
  readonly items: readonly ApplicationView[];
  readonly isFiltered: boolean;
}

/** Applications by name, with what was refused for each in the last hour. */
export function ApplicationsTable({ items, isFiltered }: Props): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { tenants } = useSession();
  const tenant = useTenant();
  const tenantName = useNameOf(tenants);
  const canSeeEvents = useCan('event:read');
  const columns = useMemo(
    (): readonly Column<ApplicationView>[] => [
      {
        id: 'name',
        header: t('application.column.name'),
        width: 'minmax(150px, 1.3fr)',
        cell: (row) => (
          <AnchorLink to="/applications/$id" params={{ id: row.id }} fw={600}>
            {row.name}
          </AnchorLink>
        ),
      },
      ...(tenant
        ? []
        : [
            {
              id: 'tenant',
              header: t('application.column.tenant'),
              width: 'minmax(110px, 1fr)',
              cell: (row: ApplicationView) => tenantName(row.tenantId),
            },
          ]),
      { id: 'level', header: t('application.column.level'), width: '130px', cell: (row) => <LevelStatus level={row.level} /> },
      {
        id: 'hosts',
        header: t('application.column.hosts'),
        width: 'minmax(160px, 2fr)',
        cell: (row) => <span title={row.hosts.join(', ')}>{row.hosts.join(', ')}</span>,
      },
      { id: 'port', header: t('application.column.port'), width: '70px', isNumber: true, cell: (row) => String(row.listenPort) },
      {
        id: 'upstream',
        header: t('application.column.upstream'),
        width: 'minmax(140px, 1.2fr)',
        cell: (row) => describeTargets(row.upstream),
      },
      ...(canSeeEvents
        ? [
            {
              id: 'blocked',
              header: t('application.column.blocked'),
              width: '130px',
              isNumber: true,
              cell: (row: ApplicationView) => <BlockedInHour applicationId={row.id} />,
            },
          ]
        : []),
    ],
    [t, tenant, tenantName, canSeeEvents],
  );
  return (
    <VirtualTable
      label={t('page.applications')}
      columns={columns}
      rows={items}
      keyOf={(row) => row.id}
      onOpen={(row) => void navigate({ to: '/applications/$id', params: { id: row.id } })}
      minWidth={920}
      empty={
        isFiltered ? (
          <Empty title={t('application.empty.filtered')} next={t('application.empty.filteredNext')} />
        ) : (
          <Empty title={t('application.empty.none')} next={t('application.empty.noneNext')} />
        )
      }
    />
  );
}

/** Refusals in the last hour, leading to them. */
function BlockedInHour({ applicationId }: { readonly applicationId: string }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { from, to } = useSpanWindow('hour');
  const { data } = useResource<RollupView>(
    '/event-rollups',
    { applicationId, from, to, bucketMinutes: 60 },
    { keepOld: true, staleTimeMs: 30_000 },
  );
  if (!data) return t('state.none');
  const blocked = data.items.reduce((sum, item) => sum + item.blocked, 0);
  return (
    <AnchorLink to="/events" search={(now) => ({ tenant: now.tenant, applicationId, action: 'blocked', from })}>
      {format.number(blocked)}
    </AnchorLink>
  );
}

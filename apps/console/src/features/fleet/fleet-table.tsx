import type { ApplianceView } from '@phalanx/contracts';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useHealth, useNameOf, useSites } from '../../platform/api/resources.js';
import { usePages } from '../../platform/api/use-list.js';
import { useSession } from '../../platform/api/session.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Empty } from '../../platform/components/empty.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { Reason } from '../../platform/components/reason.js';
import { SyncStatus } from '../../platform/components/sync-status.js';
import { RelativeTime } from '../../platform/components/time.js';
import { type Column, VirtualTable } from '../../platform/components/virtual-table.js';
import { useFormat } from '../../platform/format/use-format.js';
import { useTenant } from '../../platform/frame/use-tenant.js';
import type { FleetSearch } from './fleet-search.js';

/** The appliances that the filter leaves, by name. */
export function FleetTable({ search }: { readonly search: FleetSearch }): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { tenants } = useSession();
  const tenant = useTenant();
  const { q, siteId, tag, syncState } = search;
  const list = usePages<ApplianceView>('/appliances', { tenantId: tenant?.id, q, siteId, tag, syncState });
  const siteName = useNameOf(useSites(tenant?.id).data?.items);
  const tenantName = useNameOf(tenants);
  const columns = useMemo(
    (): readonly Column<ApplianceView>[] => [
      {
        id: 'name',
        header: t('fleet.column.name'),
        width: 'minmax(140px, 1.2fr)',
        cell: (row) => (
          <AnchorLink to="/appliances/$id" params={{ id: row.id }} fw={600}>
            {row.name}
          </AnchorLink>
        ),
      },
      ...(tenant
        ? []
        : [
            {
              id: 'tenant',
              header: t('fleet.column.tenant'),
              width: 'minmax(110px, 1fr)',
              cell: (row: ApplianceView) => tenantName(row.tenantId),
            },
          ]),
      { id: 'site', header: t('fleet.column.site'), width: 'minmax(80px, 0.7fr)', cell: (row) => siteName(row.siteId) },
      { id: 'status', header: t('fleet.column.status'), width: '140px', cell: (row) => <SyncStatus state={row.syncState} /> },
      {
        id: 'why',
        header: t('fleet.column.why'),
        width: 'minmax(160px, 3fr)',
        cell: (row) =>
          row.syncReason !== null && (
            <span title={row.syncReason}>
              <Reason text={row.syncReason} />
            </span>
          ),
      },
      { id: 'engine', header: t('fleet.column.engine'), width: '64px', cell: (row) => row.engineVersion ?? t('state.none') },
      { id: 'rate', header: t('fleet.column.rate'), width: '84px', isNumber: true, cell: (row) => <RequestRate appliance={row} /> },
      {
        id: 'seen',
        header: t('fleet.column.seen'),
        width: '120px',
        isNumber: true,
        cell: (row) => (row.lastSeenAt === null ? t('fleet.neverSeen') : <RelativeTime at={row.lastSeenAt} />),
      },
    ],
    [t, tenant, tenantName, siteName],
  );
  if (list.isError && list.items.length === 0)
    return <ProblemAlert error={list.error} what={t('fleet.unread')} onRetry={() => void list.refetch()} />;
  const isFiltered = q !== undefined || siteId !== undefined || tag !== undefined || syncState !== undefined;
  return (
    <VirtualTable
      label={t('fleet.table')}
      columns={columns}
      rows={list.items}
      keyOf={(row) => row.id}
      onOpen={(row) => void navigate({ to: '/appliances/$id', params: { id: row.id } })}
      isLoading={list.isPending}
      hasMore={list.hasNextPage}
      isLoadingMore={list.isFetchingNextPage}
      onMore={() => void list.fetchNextPage()}
      minWidth={900}
      empty={
        isFiltered ? (
          <Empty title={t('fleet.empty.filtered')} next={t('fleet.empty.filteredNext')} />
        ) : (
          <Empty title={t('fleet.empty.none')} next={t('fleet.empty.noneNext')} />
        )
      }
    />
  );
}

/** Requests a second over the last heartbeat; nothing for a box that is not there. */
function RequestRate({ appliance }: { readonly appliance: ApplianceView }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useHealth(appliance.id, appliance.online);
  if (!appliance.online || !data?.engine || data.engine.windowMs === 0) return t('state.none');
  return t('unit.perSecond', { value: format.figure((data.engine.requests * 1000) / data.engine.windowMs) });
}

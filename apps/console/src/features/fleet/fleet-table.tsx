import type { ApplianceView } from '@phalanx/contracts';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePages } from '../../platform/api/use-list.js';
import { Empty } from '../../platform/components/empty.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { type Column, VirtualTable } from '../../platform/components/virtual-table.js';
import { useTenant } from '../../platform/frame/use-tenant.js';
import type { FleetSearch } from './fleet-search.js';

interface Props {
  readonly search: FleetSearch;
  readonly columns: readonly Column<ApplianceView>[];
}

/** The appliances that the filter leaves, by name. */
export function FleetTable({ search, columns }: Props): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const tenantId = useTenant()?.id;
  const { q, siteId, tag, syncState } = search;
  const list = usePages<ApplianceView>('/appliances', { tenantId, q, siteId, tag, syncState });
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

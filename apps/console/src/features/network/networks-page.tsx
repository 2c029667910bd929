import type { ClusterView, HaView, NetworkVersionView } from '@phalanx/contracts';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { toApiError } from '../../platform/api/api-error.js';
import { useNameOf, useSites } from '../../platform/api/resources.js';
import { useSession } from '../../platform/api/session.js';
import { usePages, useResource } from '../../platform/api/use-list.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Empty } from '../../platform/components/empty.js';
import { Page } from '../../platform/components/page.js';
import { PairCondition } from '../../platform/components/pair-condition.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { RelativeTime } from '../../platform/components/time.js';
import { type Column, VirtualTable } from '../../platform/components/virtual-table.js';
import { useTenant } from '../../platform/frame/use-tenant.js';

/** All clusters: their packet filter and, for pairs, how the pair stands. */
export function NetworksPage(): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const tenantId = useTenant()?.id;
  const list = usePages<ClusterView>('/clusters', { tenantId });
  const tenantName = useNameOf(useSession().tenants);
  const siteName = useNameOf(useSites(tenantId).data?.items);
  const columns = useMemo(
    (): readonly Column<ClusterView>[] => [
      {
        id: 'name',
        header: t('network.column.cluster'),
        width: 'minmax(150px, 1.2fr)',
        cell: (row) => (
          <AnchorLink to="/network/$id" params={{ id: row.id }} fw={600}>
            {row.name}
          </AnchorLink>
        ),
      },
      ...(tenantId === undefined
        ? [
            {
              id: 'tenant',
              header: t('fleet.column.tenant'),
              width: 'minmax(120px, 1fr)',
              cell: (row: ClusterView) => tenantName(row.tenantId),
            },
          ]
        : []),
      { id: 'site', header: t('fleet.column.site'), width: 'minmax(80px, 0.7fr)', cell: (row) => siteName(row.siteId) },
      { id: 'filter', header: t('network.column.filter'), width: 'minmax(170px, 1.4fr)', cell: (row) => <FilterCell clusterId={row.id} /> },
      {
        id: 'pair',
        header: t('network.column.pair'),
        width: 'minmax(190px, 1.6fr)',
        cell: (row) => (row.kind === 'pair' ? <PairCell clusterId={row.id} /> : t('network.single')),
      },
    ],
    [t, tenantId, tenantName, siteName],
  );
  return (
    <Page title={t('page.network')} fill sentence={t('network.sentence')}>
      {list.isError && list.items.length === 0 ? (
        <ProblemAlert error={list.error} what={t('network.clustersUnread')} onRetry={() => void list.refetch()} />
      ) : (
        <VirtualTable
          label={t('page.network')}
          columns={columns}
          rows={list.items}
          keyOf={(row) => row.id}
          onOpen={(row) => void navigate({ to: '/network/$id', params: { id: row.id } })}
          isLoading={list.isPending}
          hasMore={list.hasNextPage}
          isLoadingMore={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
          minWidth={860}
          empty={<Empty title={t('network.noCluster')} next={t('network.noClusterNext')} />}
        />
      )}
    </Page>
  );
}

function FilterCell({ clusterId }: { readonly clusterId: string }): ReactNode {
  const { t } = useTranslation();
  const { data, error } = useResource<NetworkVersionView>(`/clusters/${clusterId}/network`, {}, { staleTimeMs: 15_000 });
  if (data)
    return (
      <span>
        {t('network.rulesCount', { count: data.policy.rules.length, version: data.version })} · <RelativeTime at={data.createdAt} />
      </span>
    );
  return error && toApiError(error).status === 404 ? t('network.noFilter') : t('state.none');
}

function PairCell({ clusterId }: { readonly clusterId: string }): ReactNode {
  const { t } = useTranslation();
  const { data, error } = useResource<HaView>(`/clusters/${clusterId}/ha`, {}, { refetchIntervalMs: 10_000 });
  if (!data && !(error && toApiError(error).status === 404)) return t('state.none');
  return (
    <AnchorLink to="/pairs/$id" params={{ id: clusterId }}>
      {data ? <PairCondition condition={data.condition} /> : t('network.unpaired')}
    </AnchorLink>
  );
}

import type { PackView } from '@phalanx/contracts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePages } from '../../platform/api/use-list.js';
import { Digest } from '../../platform/components/copy.js';
import { Empty } from '../../platform/components/empty.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { RelativeTime } from '../../platform/components/time.js';
import { type Column, VirtualTable } from '../../platform/components/virtual-table.js';
import { useFormat } from '../../platform/format/use-format.js';

/** Signature packs that are published and can be run. */
export function PacksSection(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const list = usePages<PackView>('/signature-packs', {});
  const columns: readonly Column<PackView>[] = [
    { id: 'name', header: t('admin.pack.name'), width: 'minmax(100px, 1fr)', cell: (row) => <strong>{row.name}</strong> },
    { id: 'version', header: t('admin.pack.version'), width: '110px', cell: (row) => row.packVersion },
    { id: 'files', header: t('admin.pack.files'), width: '80px', isNumber: true, cell: (row) => format.number(row.files) },
    { id: 'size', header: t('admin.pack.size'), width: '90px', isNumber: true, cell: (row) => format.bytes(row.length) },
    { id: 'digest', header: t('admin.pack.digest'), width: '160px', cell: (row) => <Digest value={row.sha256} /> },
    { id: 'path', header: t('admin.pack.path'), width: 'minmax(180px, 2fr)', cell: (row) => <span className="mono">{row.path}</span> },
    { id: 'at', header: t('admin.pack.at'), width: '130px', isNumber: true, cell: (row) => <RelativeTime at={row.createdAt} /> },
    { id: 'by', header: t('admin.pack.by'), width: 'minmax(90px, 0.8fr)', cell: (row) => row.createdBy },
  ];
  if (list.isError && list.items.length === 0)
    return <ProblemAlert error={list.error} what={t('admin.pack.unread')} onRetry={() => void list.refetch()} />;
  return (
    <VirtualTable
      label={t('admin.section.packs')}
      columns={columns}
      rows={list.items}
      keyOf={(row) => row.id}
      isLoading={list.isPending}
      hasMore={list.hasNextPage}
      isLoadingMore={list.isFetchingNextPage}
      onMore={() => void list.fetchNextPage()}
      minWidth={980}
      empty={<Empty title={t('admin.pack.none')} next={t('admin.pack.noneNext')} />}
    />
  );
}

import { Button, Stack, Text, TextInput } from '@mantine/core';
import type { BoxBlockView } from '@phalanx/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { useAppliances, useNameOf } from '../../platform/api/resources.js';
import { usePages } from '../../platform/api/use-list.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { ConfirmDialog } from '../../platform/components/confirm-dialog.js';
import { Empty } from '../../platform/components/empty.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { RelativeTime } from '../../platform/components/time.js';
import { type Column, VirtualTable } from '../../platform/components/virtual-table.js';
import { useFormat } from '../../platform/format/use-format.js';
import { useTenant } from '../../platform/frame/use-tenant.js';
import { useNotice } from '../../platform/components/use-notice.js';

/** What boxes refuse by their own judgement, and the way to lift it. */
export function BoxBlocksTable({ canWrite }: { readonly canWrite: boolean }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const tenantId = useTenant()?.id;
  const list = usePages<BoxBlockView>('/box-blocks', { tenantId }, { refetchIntervalMs: 10_000 });
  const applianceName = useNameOf(useAppliances(tenantId).data?.items);
  const [releasing, setReleasing] = useState<BoxBlockView | null>(null);
  const columns = useMemo(
    (): readonly Column<BoxBlockView>[] => [
      {
        id: 'address',
        header: t('block.column.address'),
        width: 'minmax(160px, 1.2fr)',
        cell: (row) => (
          <AnchorLink to="/events" search={(now) => ({ tenant: now.tenant, source: row.address.split('/')[0] })} className="mono">
            {row.address}
          </AnchorLink>
        ),
      },
      {
        id: 'box',
        header: t('fleet.column.name'),
        width: 'minmax(140px, 1fr)',
        cell: (row) => (
          <AnchorLink to="/appliances/$id" params={{ id: row.applianceId }}>
            {applianceName(row.applianceId)}
          </AnchorLink>
        ),
      },
      { id: 'why', header: t('block.column.reason'), width: 'minmax(140px, 1fr)', cell: (row) => t(`block.boxReason.${row.reason}`) },
      { id: 'packets', header: t('block.column.packets'), width: '120px', isNumber: true, cell: (row) => format.number(row.packets) },
      {
        id: 'expires',
        header: t('block.column.expires'),
        width: '140px',
        isNumber: true,
        cell: (row) => (row.expiresAt === null ? t('block.never') : <RelativeTime at={row.expiresAt} />),
      },
      {
        id: 'seen',
        header: t('block.column.reported'),
        width: '130px',
        isNumber: true,
        cell: (row) => <RelativeTime at={row.reportedAt} />,
      },
      ...(canWrite
        ? [
            {
              id: 'release',
              header: t('policy.history.action'),
              width: '100px',
              cell: (row: BoxBlockView) => (
                <Button size="compact-xs" variant="default" onClick={() => setReleasing(row)}>
                  {t('block.release')}
                </Button>
              ),
            },
          ]
        : []),
    ],
    [t, format, applianceName, canWrite],
  );
  if (list.isError && list.items.length === 0)
    return <ProblemAlert error={list.error} what={t('block.unread')} onRetry={() => void list.refetch()} />;
  return (
    <>
      <VirtualTable
        label={t('block.tab.boxes')}
        columns={columns}
        rows={list.items}
        keyOf={(row) => `${row.applianceId} ${row.address} ${row.reason}`}
        isLoading={list.isPending}
        hasMore={list.hasNextPage}
        isLoadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        minWidth={980}
        empty={<Empty title={t('block.boxNone')} next={t('block.boxNoneNext')} />}
      />
      <ReleaseDialog block={releasing} onClose={() => setReleasing(null)} />
    </>
  );
}

function ReleaseDialog({ block, onClose }: { readonly block: BoxBlockView | null; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const notice = useNotice();
  const [reason, setReason] = useState('');
  const release = useMutation({
    mutationFn: ({ tenantId, address }: BoxBlockView) => api.post('/blocks/release', { tenantId, address, reason: reason.trim() }),
    onSuccess: async () => {
      notice(t('block.released'));
      setReason('');
      onClose();
      await queries.invalidateQueries({ queryKey: ['/box-blocks'] });
    },
  });
  return (
    <ConfirmDialog
      isOpen={block !== null}
      title={t('block.releaseAsk', { address: block?.address ?? '' })}
      confirm={t('block.release')}
      isIncomplete={reason.trim() === ''}
      isPending={release.isPending}
      error={release.error}
      failed={t('block.unreleased')}
      onConfirm={() => block && release.mutate(block)}
      onClose={() => {
        release.reset();
        onClose();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">{t('block.releaseExplain')}</Text>
        <TextInput
          data-autofocus
          label={t('block.form.reason')}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </Stack>
    </ConfirmDialog>
  );
}

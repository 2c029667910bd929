import { Button, Group, Text, TextInput } from '@mantine/core';
import type { BlockView } from '@phalanx/contracts';
import { IconCircleCheck, IconProgress, IconSearch } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { useNameOf } from '../../platform/api/resources.js';
import { useSession } from '../../platform/api/session.js';
import { usePages } from '../../platform/api/use-list.js';
import { ConfirmDialog } from '../../platform/components/confirm-dialog.js';
import { Empty } from '../../platform/components/empty.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { Status } from '../../platform/components/status.js';
import { RelativeTime } from '../../platform/components/time.js';
import { useDraft } from '../../platform/components/use-draft.js';
import { type Column, VirtualTable } from '../../platform/components/virtual-table.js';
import { useTenant } from '../../platform/frame/use-tenant.js';
import { BlockProofDialog } from './block-proof.js';

/** The operators' block list, with the proof of each from the boxes' kernels. */
export function OperatorBlocks({ canWrite }: { readonly canWrite: boolean }): ReactNode {
  const { t } = useTranslation();
  const { address } = useSearch({ from: '/frame/blocks' });
  const navigate = useNavigate({ from: '/blocks' });
  const tenantId = useTenant()?.id;
  const tenantName = useNameOf(useSession().tenants);
  const [text, setText] = useDraft(address, (next) => void navigate({ search: (now) => ({ ...now, address: next }), replace: true }));
  const list = usePages<BlockView>('/blocks', { tenantId, address }, { refetchIntervalMs: 15_000 });
  const [proving, setProving] = useState<BlockView | null>(null);
  const [removing, setRemoving] = useState<BlockView | null>(null);
  const columns = useMemo(
    (): readonly Column<BlockView>[] => [
      {
        id: 'address',
        header: t('block.column.address'),
        width: 'minmax(160px, 1.2fr)',
        cell: (row) => <span className="mono">{row.address}</span>,
      },
      ...(tenantId === undefined
        ? [
            {
              id: 'tenant',
              header: t('fleet.column.tenant'),
              width: 'minmax(120px, 1fr)',
              cell: (row: BlockView) => tenantName(row.tenantId),
            },
          ]
        : []),
      { id: 'proof', header: t('block.column.proof'), width: '190px', cell: (row) => <Proof block={row} onOpen={() => setProving(row)} /> },
      {
        id: 'reason',
        header: t('block.column.reason'),
        width: 'minmax(160px, 2fr)',
        cell: (row) => <span title={row.reason}>{row.reason}</span>,
      },
      {
        id: 'expires',
        header: t('block.column.expires'),
        width: '140px',
        isNumber: true,
        cell: (row) => (row.expiresAt === null ? t('block.never') : <RelativeTime at={row.expiresAt} />),
      },
      { id: 'by', header: t('policy.column.by'), width: 'minmax(90px, 0.8fr)', cell: (row) => row.createdBy },
      { id: 'at', header: t('block.column.at'), width: '130px', isNumber: true, cell: (row) => <RelativeTime at={row.createdAt} /> },
      ...(canWrite
        ? [
            {
              id: 'remove',
              header: t('policy.history.action'),
              width: '100px',
              cell: (row: BlockView) => (
                <Button size="compact-xs" variant="default" onClick={() => setRemoving(row)}>
                  {t('block.remove')}
                </Button>
              ),
            },
          ]
        : []),
    ],
    [t, tenantId, tenantName, canWrite],
  );
  if (list.isError && list.items.length === 0)
    return <ProblemAlert error={list.error} what={t('block.unread')} onRetry={() => void list.refetch()} />;
  return (
    <>
      <Group gap="xs" role="search" aria-label={t('block.search')}>
        <TextInput
          data-list-filter
          size="xs"
          w={260}
          leftSection={<IconSearch size={14} aria-hidden />}
          placeholder={t('block.search')}
          aria-label={t('block.search')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </Group>
      <VirtualTable
        label={t('block.tab.operators')}
        columns={columns}
        rows={list.items}
        keyOf={(row) => row.id}
        onOpen={setProving}
        isLoading={list.isPending}
        hasMore={list.hasNextPage}
        isLoadingMore={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
        minWidth={1080}
        empty={
          address === undefined ? (
            <Empty title={t('block.none')} next={t('block.noneNext')} />
          ) : (
            <Empty title={t('block.notFound')} next={t('block.notFoundNext')} />
          )
        }
      />
      <BlockProofDialog block={proving} onClose={() => setProving(null)} />
      <RemoveDialog block={removing} onClose={() => setRemoving(null)} />
    </>
  );
}

function Proof({ block, onOpen }: { readonly block: BlockView; readonly onOpen: () => void }): ReactNode {
  const { t } = useTranslation();
  const { wanted, proven } = block.boxes;
  const isProven = wanted > 0 && proven === wanted;
  return (
    <button
      type="button"
      onClick={onOpen}
      style={{ all: 'unset', cursor: 'pointer' }}
      aria-label={t('block.proofOf', { address: block.address })}
    >
      <Status tone={isProven ? 'good' : wanted === 0 ? 'none' : 'busy'} icon={isProven ? IconCircleCheck : IconProgress}>
        {t('block.proven', { proven, wanted })}
      </Status>
    </button>
  );
}

function RemoveDialog({ block, onClose }: { readonly block: BlockView | null; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: (id: string) => api.delete(`/blocks/${id}`),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: ['/blocks'] });
    },
  });
  return (
    <ConfirmDialog
      isOpen={block !== null}
      title={t('block.removeAsk', { address: block?.address ?? '' })}
      confirm={t('block.remove')}
      isDangerous
      isPending={remove.isPending}
      error={remove.error}
      failed={t('block.unremoved')}
      onConfirm={() => block && remove.mutate(block.id)}
      onClose={() => {
        remove.reset();
        onClose();
      }}
    >
      <Text size="sm">{t('block.removeExplain')}</Text>
    </ConfirmDialog>
  );
}

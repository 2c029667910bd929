import { Stack, Text } from '@mantine/core';
import type { BlockProofView, BlockView } from '@phalanx/contracts';
import { IconCircleCheck, IconCircleX, IconHelpCircle, IconPlugConnectedX, IconProgress } from '@tabler/icons-react';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useResource } from '../../platform/api/use-list.js';
import { AnchorLink } from '../../platform/components/anchor-link.js';
import { Dialog } from '../../platform/components/dialog.js';
import { Loaded } from '../../platform/components/loaded.js';
import { PlainTable, type PlainColumn } from '../../platform/components/plain-table.js';
import { Reason } from '../../platform/components/reason.js';
import { Status, type Tone } from '../../platform/components/status.js';
import { ExactTime } from '../../platform/components/time.js';

type Proof = BlockProofView['items'][number];

const LOOKS = {
  pending: { tone: 'busy', icon: IconProgress },
  'in-kernel': { tone: 'good', icon: IconCircleCheck },
  failed: { tone: 'bad', icon: IconCircleX },
  offline: { tone: 'none', icon: IconPlugConnectedX },
  unable: { tone: 'warn', icon: IconHelpCircle },
} as const satisfies Record<Proof['state'], { tone: Tone; icon: Icon }>;

/** Box by box: whether the kernel was seen to hold the address, and when. */
export function BlockProofDialog({ block, onClose }: { readonly block: BlockView | null; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog isOpen={block !== null} onClose={onClose} title={t('block.proofOf', { address: block?.address ?? '' })} size="xl">
      {block && <ProofTable block={block} />}
    </Dialog>
  );
}

function ProofTable({ block }: { readonly block: BlockView }): ReactNode {
  const { t } = useTranslation();
  const proof = useResource<BlockProofView>(`/blocks/${block.id}/proof`, {}, { refetchIntervalMs: 2_000 });
  const columns: readonly PlainColumn<Proof>[] = [
    {
      id: 'box',
      header: t('fleet.column.name'),
      cell: (row) => (
        <AnchorLink to="/appliances/$id" params={{ id: row.applianceId }} fw={600}>
          {row.name}
        </AnchorLink>
      ),
    },
    {
      id: 'state',
      header: t('fleet.column.status'),
      cell: (row) => (
        <Stack gap={0}>
          <Status {...LOOKS[row.state]}>{t(`block.proofState.${row.state}`)}</Status>
          {row.reason !== null && (
            <Text size="xs">
              <Reason text={row.reason} />
            </Text>
          )}
        </Stack>
      ),
    },
    {
      id: 'at',
      header: t('block.column.provenAt'),
      cell: (row) => (row.provenAt === null ? t('state.none') : <ExactTime at={row.provenAt} />),
    },
  ];
  return (
    <Stack gap="sm">
      <Text size="sm">{t('block.proofExplain')}</Text>
      <Loaded query={proof} what={t('block.proofUnread')}>
        {({ items }) => (
          <PlainTable
            label={t('block.proofOf', { address: block.address })}
            columns={columns}
            rows={items}
            keyOf={(row) => row.applianceId}
            empty={<Text size="sm">{t('block.noBoxes')}</Text>}
          />
        )}
      </Loaded>
    </Stack>
  );
}

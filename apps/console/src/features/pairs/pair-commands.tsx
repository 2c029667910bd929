import { Button, Menu, Stack, Text, TextInput } from '@mantine/core';
import type { HaView } from '@phalanx/contracts';
import { IconChevronDown } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { ConfirmDialog } from '../../platform/components/confirm-dialog.js';
import { useNotice } from '../../platform/components/use-notice.js';

/** A command without its reason. */
type Wish =
  | { readonly kind: 'failover' | 'fail-back' }
  | { readonly kind: 'maintenance' | 'normal'; readonly applianceId: string; readonly name: string };

/** Planned failover, fail-back, and maintenance of a member; each says what will happen and asks why. */
export function PairCommands({ pair }: { readonly pair: HaView }): ReactNode {
  const { t } = useTranslation();
  const [wish, setWish] = useState<Wish | null>(null);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button rightSection={<IconChevronDown size={16} aria-hidden />}>{t('pair.command.menu')}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setWish({ kind: 'failover' })}>{t('pair.command.failover')}</Menu.Item>
          <Menu.Item onClick={() => setWish({ kind: 'fail-back' })}>{t('pair.command.fail-back')}</Menu.Item>
          <Menu.Divider />
          {pair.members.map(({ applianceId, name, order }) => {
            const kind = order === 'normal' ? ('maintenance' as const) : ('normal' as const);
            return (
              <Menu.Item key={applianceId} onClick={() => setWish({ kind, applianceId, name })}>
                {t(`pair.command.${kind}Of`, { name })}
              </Menu.Item>
            );
          })}
        </Menu.Dropdown>
      </Menu>
      <CommandDialog pair={pair} wish={wish} onClose={() => setWish(null)} />
    </>
  );
}

function CommandDialog({
  pair,
  wish,
  onClose,
}: {
  readonly pair: HaView;
  readonly wish: Wish | null;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const notice = useNotice();
  const [reason, setReason] = useState('');
  const command = useMutation({
    mutationFn: (wanted: Wish) =>
      api.post(`/clusters/${pair.clusterId}/ha/commands`, {
        kind: wanted.kind,
        reason: reason.trim(),
        ...('applianceId' in wanted ? { applianceId: wanted.applianceId } : {}),
      }),
    onSuccess: async () => {
      notice(t('pair.command.sent'));
      setReason('');
      onClose();
      await queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith(`/clusters/${pair.clusterId}/ha`) });
    },
  });
  const kind = wish?.kind ?? 'failover';
  const name = wish && 'name' in wish ? wish.name : '';
  return (
    <ConfirmDialog
      isOpen={wish !== null}
      title={kind === 'maintenance' || kind === 'normal' ? t(`pair.command.${kind}Of`, { name }) : t(`pair.command.${kind}`)}
      confirm={t('pair.command.confirm')}
      isIncomplete={reason.trim() === ''}
      isPending={command.isPending}
      error={command.error}
      failed={t('pair.command.failed')}
      onConfirm={() => wish && command.mutate(wish)}
      onClose={() => {
        command.reset();
        onClose();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">{t(`pair.command.explain.${kind}`)}</Text>
        <TextInput
          data-autofocus
          label={t('pair.command.reason')}
          description={t('pair.command.reasonHint')}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </Stack>
    </ConfirmDialog>
  );
}

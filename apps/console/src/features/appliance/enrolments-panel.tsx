import { Button, Stack, Text, TextInput } from '@mantine/core';
import type { ApplianceView, EnrolmentView } from '@phalanx/contracts';
import { IconBiohazard, IconBan, IconCircleCheck, IconClockX, IconHistory, IconProgress } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi } from '../../platform/api/api-context.js';
import { useCan } from '../../platform/api/session.js';
import { useWholeList } from '../../platform/api/use-list.js';
import { ConfirmDialog } from '../../platform/components/confirm-dialog.js';
import { Copyable } from '../../platform/components/copy.js';
import { Empty } from '../../platform/components/empty.js';
import { Loaded } from '../../platform/components/loaded.js';
import { PlainTable, type PlainColumn } from '../../platform/components/plain-table.js';
import { Status } from '../../platform/components/status.js';
import { RelativeTime } from '../../platform/components/time.js';

const LOOKS = {
  issued: { tone: 'busy', icon: IconProgress },
  active: { tone: 'good', icon: IconCircleCheck },
  superseded: { tone: 'none', icon: IconHistory },
  quarantined: { tone: 'bad', icon: IconBiohazard },
  revoked: { tone: 'none', icon: IconBan },
  expired: { tone: 'none', icon: IconClockX },
} as const;
const REVOCABLE: readonly EnrolmentView['state'][] = ['issued', 'active', 'quarantined'];

/** Identities that the box has had, newest first, and the way to cut one off. */
export function EnrolmentsPanel({ appliance }: { readonly appliance: ApplianceView }): ReactNode {
  const { t } = useTranslation();
  const enrolments = useWholeList<EnrolmentView>('/enrolments', { applianceId: appliance.id });
  const canRevoke = useCan('enrolment:write');
  const [revoking, setRevoking] = useState<EnrolmentView | null>(null);
  const columns: readonly PlainColumn<EnrolmentView>[] = [
    { id: 'serial', header: t('appliance.enrolments.serial'), cell: (row) => <Copyable value={row.serial} /> },
    {
      id: 'state',
      header: t('appliance.enrolments.state'),
      cell: (row) => (
        <>
          <Status {...LOOKS[row.state]}>{t(`appliance.enrolments.states.${row.state}`)}</Status>
          {row.reason !== null && <Text size="xs">{row.reason}</Text>}
        </>
      ),
    },
    { id: 'issued', header: t('appliance.enrolments.issued'), cell: (row) => <RelativeTime at={row.issuedAt} /> },
    { id: 'expires', header: t('appliance.enrolments.expires'), cell: (row) => <RelativeTime at={row.notAfter} /> },
    {
      id: 'facts',
      header: t('appliance.enrolments.facts'),
      cell: (row) => (
        <span className="mono">
          {Object.entries(row.facts)
            .map(([name, value]) => `${name}=${value}`)
            .join(' ')}
        </span>
      ),
    },
    {
      id: 'revoke',
      header: t('appliance.enrolments.action'),
      cell: (row) =>
        canRevoke &&
        REVOCABLE.includes(row.state) && (
          <Button size="compact-xs" variant="default" onClick={() => setRevoking(row)}>
            {t('appliance.enrolments.revoke')}
          </Button>
        ),
    },
  ];
  return (
    <>
      <Loaded query={enrolments} what={t('appliance.enrolments.unread')}>
        {({ items }) => (
          <PlainTable
            label={t('appliance.enrolments.title')}
            columns={columns}
            rows={items}
            keyOf={(row) => row.id}
            minWidth={800}
            empty={<Empty title={t('appliance.enrolments.none')} next={t('appliance.enrolments.noneNext')} />}
          />
        )}
      </Loaded>
      <RevokeDialog appliance={appliance} enrolment={revoking} onClose={() => setRevoking(null)} />
    </>
  );
}

interface RevokeProps {
  readonly appliance: ApplianceView;
  readonly enrolment: EnrolmentView | null;
  readonly onClose: () => void;
}

function RevokeDialog({ appliance, enrolment, onClose }: RevokeProps): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const close = () => {
    setReason('');
    revoke.reset();
    onClose();
  };
  const revoke = useMutation({
    mutationFn: () => api.post(`/enrolments/${enrolment?.id}/revoke`, { reason: reason.trim() }),
    onSuccess: async () => {
      close();
      await queries.invalidateQueries({ queryKey: ['/enrolments'] });
    },
  });
  return (
    <ConfirmDialog
      isOpen={enrolment !== null}
      title={t('appliance.revoke.title')}
      confirm={t('appliance.revoke.confirm')}
      isDangerous
      typed={appliance.name}
      isIncomplete={reason.trim() === ''}
      isPending={revoke.isPending}
      error={revoke.error}
      failed={t('appliance.revoke.failed')}
      onConfirm={() => revoke.mutate()}
      onClose={close}
    >
      <Stack gap="sm">
        <Text size="sm">{t('appliance.revoke.explain', { name: appliance.name, serial: enrolment?.serial ?? '' })}</Text>
        <TextInput
          label={t('appliance.revoke.reason')}
          description={t('appliance.revoke.reasonHint')}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </Stack>
    </ConfirmDialog>
  );
}

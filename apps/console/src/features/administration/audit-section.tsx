import { Button, Group, TextInput } from '@mantine/core';
import type { AuditView } from '@phalanx/contracts';
import { IconBan, IconCircleCheck, IconSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNameOf } from '../../platform/api/resources.js';
import { useSession } from '../../platform/api/session.js';
import { usePages } from '../../platform/api/use-list.js';
import { Copyable } from '../../platform/components/copy.js';
import { Dialog } from '../../platform/components/dialog.js';
import { Empty } from '../../platform/components/empty.js';
import { Facts } from '../../platform/components/facts.js';
import { ProblemAlert } from '../../platform/components/problem.js';
import { Status } from '../../platform/components/status.js';
import { ClockTime, ExactTime } from '../../platform/components/time.js';
import { useDraft } from '../../platform/components/use-draft.js';
import { type Column, VirtualTable } from '../../platform/components/virtual-table.js';
import { useTenant } from '../../platform/frame/use-tenant.js';
import { TrailVerification } from './trail-verification.js';

/** Who did what, newest first, and whether the chain of entries still holds. */
export function AuditSection(): ReactNode {
  const { t } = useTranslation();
  const { action } = useSearch({ from: '/frame/administration/audit' });
  const navigate = useNavigate({ from: '/administration/audit' });
  const tenantId = useTenant()?.id;
  const list = usePages<AuditView>('/audit', { tenantId, action });
  const tenantName = useNameOf(useSession().tenants);
  const [text, setText] = useDraft(action, (value) => void navigate({ search: (now) => ({ ...now, action: value }), replace: true }));
  const [open, setOpen] = useState<AuditView | null>(null);
  const columns: readonly Column<AuditView>[] = [
    { id: 'sequence', header: t('admin.audit.sequence'), width: '70px', isNumber: true, cell: (row) => String(row.sequence) },
    { id: 'at', header: t('admin.audit.at'), width: '170px', cell: (row) => <ClockTime at={row.at} /> },
    { id: 'actor', header: t('admin.audit.actor'), width: 'minmax(110px, 1fr)', cell: (row) => row.actor },
    {
      id: 'action',
      header: t('admin.audit.action'),
      width: 'minmax(150px, 1.2fr)',
      cell: (row) => <span className="mono">{row.action}</span>,
    },
    {
      id: 'subject',
      header: t('admin.audit.subject'),
      width: 'minmax(170px, 2fr)',
      cell: (row) => (
        <span className="mono" title={row.subject}>
          {row.subject}
        </span>
      ),
    },
    {
      id: 'tenant',
      header: t('admin.audit.tenant'),
      width: 'minmax(100px, 1fr)',
      cell: (row) => (row.tenantId === null ? t('state.none') : tenantName(row.tenantId)),
    },
    { id: 'outcome', header: t('admin.audit.outcome'), width: '110px', cell: (row) => <Outcome entry={row} /> },
  ];
  return (
    <>
      <Group justify="space-between" gap="sm">
        <TextInput
          data-list-filter
          size="xs"
          w={260}
          leftSection={<IconSearch size={14} aria-hidden />}
          placeholder={t('admin.audit.filter')}
          aria-label={t('admin.audit.filter')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <TrailVerification />
      </Group>
      {list.isError && list.items.length === 0 ? (
        <ProblemAlert error={list.error} what={t('admin.audit.unread')} onRetry={() => void list.refetch()} />
      ) : (
        <VirtualTable
          label={t('admin.section.audit')}
          columns={columns}
          rows={list.items}
          keyOf={(row) => row.id}
          rowHeight={36}
          onOpen={setOpen}
          isLoading={list.isPending}
          hasMore={list.hasNextPage}
          isLoadingMore={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
          minWidth={960}
          empty={<Empty title={t('admin.audit.none')} next={t('admin.audit.noneNext')} />}
        />
      )}
      <Dialog
        isOpen={open !== null}
        onClose={() => setOpen(null)}
        title={t('admin.audit.entry', { sequence: open?.sequence ?? 0 })}
        size="lg"
      >
        {open && <Entry entry={open} onClose={() => setOpen(null)} />}
      </Dialog>
    </>
  );
}

function Outcome({ entry }: { readonly entry: AuditView }): ReactNode {
  const { t } = useTranslation();
  return entry.outcome === 'done' ? (
    <Status tone="good" icon={IconCircleCheck}>
      {t('admin.audit.done')}
    </Status>
  ) : (
    <Status tone="bad" icon={IconBan}>
      {t('admin.audit.refused')}
    </Status>
  );
}

function Entry({ entry, onClose }: { readonly entry: AuditView; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <>
      <Facts
        items={[
          { label: t('admin.audit.at'), value: <ExactTime at={entry.at} /> },
          { label: t('admin.audit.actor'), value: entry.actor },
          { label: t('admin.audit.action'), value: <span className="mono">{entry.action}</span> },
          { label: t('admin.audit.subject'), value: <Copyable value={entry.subject} /> },
          { label: t('admin.audit.outcome'), value: <Outcome entry={entry} /> },
          { label: t('admin.audit.hash'), value: <Copyable value={entry.hash} shown={entry.hash.slice(0, 20)} /> },
        ]}
      />
      <pre className="mono" style={{ whiteSpace: 'pre-wrap' }}>
        {JSON.stringify(entry.details, null, 2)}
      </pre>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('action.close')}
        </Button>
      </Group>
    </>
  );
}

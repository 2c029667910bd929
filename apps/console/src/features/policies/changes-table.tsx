import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { PlainTable, type PlainColumn } from '../../platform/components/plain-table.js';
import { SettingValue } from '../../platform/components/setting-value.js';
import { useAnyText } from '../../platform/i18n/use-any-text.js';
import type { DocumentChange } from './policy-draft.js';

/** What differs, setting by setting. */
export function ChangesTable({ changes }: { readonly changes: readonly DocumentChange[] }): ReactNode {
  const { t } = useTranslation();
  const { has, say } = useAnyText();
  const columns: readonly PlainColumn<DocumentChange>[] = [
    {
      id: 'setting',
      header: t('policy.change.setting'),
      cell: (row) => {
        const key = row.path === 'locks' ? 'policy.column.locks' : `setting.${row.path}`;
        return <span title={row.path}>{has(key) ? say(key) : row.path}</span>;
      },
    },
    { id: 'from', header: t('policy.change.from'), cell: (row) => <SettingValue path={row.path} value={row.from} /> },
    { id: 'to', header: t('policy.change.to'), cell: (row) => <SettingValue path={row.path} value={row.to} /> },
  ];
  return (
    <PlainTable
      label={t('policy.change.title')}
      columns={columns}
      rows={changes}
      keyOf={(row) => row.path}
      minWidth={480}
      empty={<Text size="sm">{t('policy.change.none')}</Text>}
    />
  );
}
